import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { anIndividual, anOrganization } from './helpers/applications.js';
import { barriersOn } from './helpers/barriers.js';
import { findChromium } from './helpers/browser.js';
import { Office, type Desk } from './helpers/office.js';

describe(
  'what else an operator does at a browser',
  { timeout: 600_000, skip: !findChromium() && 'no Chromium' },
  () => {
    let office: Office;
    let one: Desk;
    let other: Desk;
    before(async () => {
      office = await Office.open();
      [one, other] = [await office.desk('op-1'), await office.desk('op-2')];
      await office.enrol(one, 'op-1');
      await office.enrol(other, 'op-2');
    });
    after(() => office.close());

    test('finds no barrier on any page, at any width, in either theme', async () => {
      const id = await office.lane.toReview(await anOrganization());
      const stuck = await office.lane.start(
        await anIndividual({ categorization: { category: 'NO_SUCH_CATEGORY', parameters: { riskLevel: 'LOW' } } }),
      );
      await office.lane.until(stuck, 'asks', ({ attention }) => attention !== null);
      const { evidence } = await office.lane.client.caseView(id);
      const of = office.pathOf(id);
      const fixed = ['queue', 'operators', 'keys'].map((page) => `${office.url}/console/${page}`);
      const pages = [...fixed, of, office.pathOf(stuck), `${of}/audit`, `${of}/documents/${evidence[0]!.documentId}`];
      for (const width of [1280, 390, 320]) {
        for (const colorScheme of ['light', 'dark'] as const) {
          const { page, context, faults } = await office.desk('op-1', {
            viewport: { width, height: 900 },
            colorScheme,
          });
          for (const path of [...pages, `${of}/documents/none`]) {
            await page.goto(path);
            const where = `${path} at ${width} px, ${colorScheme}`;
            assert.deepEqual(await barriersOn(page), [], where);
            const room = await page.evaluate<[number, number]>('[document.documentElement.scrollWidth, innerWidth]');
            assert.ok(room[0] <= room[1], `${where} needs ${room[0]} px`);
          }
          assert.deepEqual(faults, []);
          await context.close();
        }
      }
    });

    test('decides by the keyboard alone', async () => {
      const id = await office.lane.toReview(await anIndividual());
      const { page } = one;
      await page.goto(office.pathOf(id));
      const focused = (): Promise<string> =>
        page.evaluate<string>(`(() => {
          const { name = '', value = '', textContent } = document.activeElement;
          return name === 'choice' ? value : name || textContent.trim();
        })()`);
      let keys = 0;
      const press = async (key: string): Promise<void> => {
        keys += 1;
        await page.keyboard.press(key);
      };
      while ((await focused()) !== 'approve' && keys < 60) await press('Tab');
      await press('Space');
      while ((await focused()) !== 'Decide' && keys < 120) await press('Tab');
      await press('Enter');
      await page.waitForURL('**/messages');
      assert.match(await page.locator('main').innerText(), /^Decided/);
      assert.ok(keys < 40, `${keys} keys`);
    });

    test('decides at high risk only by a passkey that is on one device', async () => {
      const categorization = { category: 'HIGH_RISK_INDIVIDUAL', parameters: { riskLevel: 'HIGH' } };
      const id = await office.lane.toReview(await anIndividual({ categorization }));
      const synced = await office.desk('op-2', { synced: true });
      await office.enrol(synced, 'op-2');
      assert.match(await office.decide(synced, id, 'Approve'), /on one device only/);
      assert.equal(await office.stage(id), 'inReview');
      await synced.context.close();
      assert.match(await office.decide(other, id, 'Approve'), /^Decided/);
    });

    test('takes a case, leaves a note and gives more time, and shows all of it', async () => {
      const id = await office.lane.toReview(await anIndividual());
      const { page } = one;
      await page.goto(office.pathOf(id));
      await page.getByRole('button', { name: 'Take it' }).click();
      await page.getByRole('button', { name: 'Give it back' }).waitFor();
      await page.getByText('Note for other operators').click();
      await page.getByLabel('Note', { exact: true }).fill('Called the customer.\n<b>Passport</b> follows.');
      await page.getByRole('button', { name: 'Leave the note' }).click();
      await page.getByText('<b>Passport</b> follows.').waitFor();
      await page.getByText('More time', { exact: true }).click();
      await page.getByLabel('Due at the end of').fill('2027-03-01');
      await page.locator('form:has(input[name=until]) textarea').fill('The registry is closed.');
      await page.getByRole('button', { name: 'Give more time' }).click();
      await page.getByText('1 Mar 2027').first().waitFor();
      const { assignee, notes } = await office.lane.client.caseView(id);
      assert.deepEqual([assignee, notes[0]?.by], ['op-1', 'op-1']);
    });

    test('settles what needs attention', async () => {
      const id = await office.lane.start(
        await anIndividual({ categorization: { category: 'NO_SUCH_CATEGORY', parameters: { riskLevel: 'LOW' } } }),
      );
      await office.lane.until(id, 'asks', ({ attention }) => attention !== null);
      await one.page.goto(office.pathOf(id));
      await one.page.getByLabel('End the case').check();
      await one.page.getByLabel('Reason', { exact: true }).fill('Nobody can be registered so.');
      await one.page.getByRole('button', { name: 'Settle' }).click();
      await one.page.getByText('The case has ended').waitFor();
      assert.equal((await office.lane.closed(id)).result, 'aborted');
    });

    test('without code of ours sends the form, and the case refuses what nobody has signed', async () => {
      const id = await office.lane.toReview(await anIndividual());
      const plain = await office.desk('op-1', { javaScriptEnabled: false });
      await plain.page.goto(office.pathOf(id));
      await plain.page.getByLabel('Approve', { exact: true }).check();
      const [answer] = await Promise.all([
        plain.page.waitForResponse('**/messages'),
        plain.page.getByRole('button', { name: 'Decide' }).click(),
      ]);
      assert.equal(answer.status(), 403);
      assert.equal(await office.stage(id), 'inReview');
      await plain.context.close();
    });

    test('requests documents, and rejects', async () => {
      const id = await office.lane.toReview(await anIndividual());
      await one.page.goto(office.pathOf(id));
      await one.page.getByLabel('Request documents', { exact: true }).check();
      await one.page.getByText('Documents to request').click();
      await one.page.getByLabel('Document 1', { exact: true }).selectOption('PROOF_OF_ADDRESS');
      await one.page.getByLabel('Reason for the customer').fill('The bill is older than three months.');
      await one.page.getByRole('button', { name: 'Decide' }).click();
      await one.page.getByText('documents:').waitFor();
      await office.lane.until(id, 'collects', ({ review }) => review.round === 2);
      const another = await office.lane.toReview(await anIndividual());
      assert.match(await office.decide(one, another, 'Reject finally'), /^Decided/);
      assert.equal(await office.stage(another), 'rejected');
    });
  },
);
