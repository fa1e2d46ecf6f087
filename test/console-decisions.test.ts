import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { codeFile, madeOfSources } from '../dev/console-code/made.js';
import { anIndividual } from './helpers/applications.js';
import { findChromium } from './helpers/browser.js';
import { Office, type Desk } from './helpers/office.js';

test("what the console's pages run is what the sources have", async () => {
  assert.equal(await readFile(codeFile, 'utf8'), await madeOfSources(), 'npm run console.code -- --write');
});

describe(
  'an operator at a browser, where decisions must be signed',
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

    test('decides by their own passkey, and the case says who', async () => {
      const id = await office.lane.toReview(await anIndividual());
      assert.match(await office.decide(one, id, 'Approve', 'The address was checked.\nBy phone, too.'), /^Decided/);
      await office.lane.until(id, 'approved', ({ review }) => review.stage === 'approved');
      const entry = (await office.lane.client.audit(id)).find(({ event }) => event === 'decideVerification');
      assert.equal(entry?.by, 'op-1');
      assert.deepEqual(one.faults, []);
    });

    test('decides nothing where somebody between changes what was signed', async () => {
      const id = await office.lane.toReview(await anIndividual());
      const altered: Record<string, (form: URLSearchParams) => void> = {
        'another verdict': (form) => form.set('choice', 'reject'),
        'another reason': (form) => form.set('internalReason', 'x'),
        'another round': (form) => form.set('round', '2'),
        'another customer': (form) => form.set('customerId', 'somebody'),
        'no proof': (form) => form.delete('proof'),
      };
      for (const [what, alter] of Object.entries(altered)) {
        await one.page.route('**/messages', async (route) => {
          const form = new URLSearchParams(route.request().postData() ?? '');
          alter(form);
          await route.continue({ postData: form.toString() });
        });
        const refused = await office.decide(one, id, 'Approve');
        await one.page.unroute('**/messages');
        assert.match(refused, /^Nothing was done/, what);
        assert.equal(await office.stage(id), 'inReview', what);
      }
      const refusals = (await office.lane.client.audit(id)).filter(({ event }) => event === 'messageTurnedAway');
      assert.equal(refusals.length, Object.keys(altered).length);
    });

    test('decides no other case, and not as somebody else, by what they once signed', async () => {
      const [id, next] = [
        await office.lane.toReview(await anIndividual()),
        await office.lane.toReview(await anIndividual()),
      ];
      const stopped = new Promise<URLSearchParams>((resolve) => {
        void one.page.route('**/messages', async (route) => {
          await route.abort();
          resolve(new URLSearchParams(route.request().postData() ?? ''));
        });
      });
      await one.page.goto(office.pathOf(id));
      await one.page.getByLabel('Approve', { exact: true }).check();
      await one.page.getByRole('button', { name: 'Decide' }).click();
      const signed = await stopped;
      await one.page.unroute('**/messages');
      const { ids } = await office.lane.client.caseView(next);
      const post = async ({ page, context }: Desk, to: string, change: Record<string, string>): Promise<number> => {
        await page.goto(office.pathOf(to));
        const csrf = (await page.locator('form.decide input[name=csrf]').getAttribute('value'))!;
        const form = { ...Object.fromEntries(signed), csrf, ...change };
        return (await context.request.post(`${office.pathOf(to)}/messages`, { form })).status();
      };
      const about = { customerId: ids.customerId!, verificationId: ids.verificationId! };
      assert.equal(await post(one, next, about), 403, 'another case');
      assert.equal(await post(other, id, {}), 403, 'another operator');
      assert.equal(await post(one, id, { csrf: 'guess' }), 403);
      assert.deepEqual([await office.stage(id), await office.stage(next)], ['inReview', 'inReview']);
      assert.equal(await post(one, id, {}), 200, 'as it was signed');
      await office.lane.until(id, 'approved', ({ review }) => review.stage === 'approved');
    });

    test('sends nothing where the authenticator verifies nobody', async () => {
      const id = await office.lane.toReview(await anIndividual());
      const { cdp, authenticatorId, page } = one;
      await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
      await page.goto(office.pathOf(id));
      await page.getByLabel('Approve', { exact: true }).check();
      await page.getByRole('button', { name: 'Decide' }).click();
      await page.getByText('Nothing was sent').waitFor();
      await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true });
      assert.equal(await office.stage(id), 'inReview');
    });

    test('is told what another operator has decided meanwhile', async () => {
      const id = await office.lane.toReview(await anIndividual());
      await other.page.goto(office.pathOf(id));
      assert.match(await office.decide(one, id, 'Reject finally'), /^Decided/);
      await other.page.getByLabel('Approve', { exact: true }).check();
      await other.page.getByRole('button', { name: 'Decide' }).click();
      await other.page.waitForURL('**/messages');
      const text = await other.page.locator('main').innerText();
      assert.match(text, /^Nothing was done/);
      assert.match(text, /no longer in review/);
      assert.equal(await office.stage(id), 'rejected');
    });
  },
);
