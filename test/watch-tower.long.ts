import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { approveAs, carry } from '../dev/demo/carry.js';
import { EXAMPLES, exampleIndividual, exampleOrganization } from '../dev/demo/examples.js';
import { startStack, type Stack } from '../dev/embedded/stack.js';
import { mailedActivationCode } from '../dev/embedded/outbox.js';
import type { LifecycleStatus, Started } from '../src/client/index.js';
import { findChromium, launchChromium } from './helpers/browser.js';
import { run } from './helpers/command-line.js';
import { eventually } from './helpers/eventually.js';

const chromium = findChromium();
const PROJECT = fileURLToPath(new URL('..', import.meta.url));

/** A review is due as soon as it opens, on every day of the week. */
const POLICY = {
  default: {
    calendar: { timeZone: 'UTC', weekend: [], holidays: [] },
    review: { individual: { MEDIUM: { deadlines: { due: 0 } } } },
  },
};

/** What people see of real cases, in Temporal's UI and by the runbook's commands. `SCREENSHOTS_TO` names a folder for pictures of it. */
describe('four cases', { timeout: 1_200_000 }, () => {
  let folder: string;
  let stack: Stack;
  let overdue: Started, waiting: Started, attention: Started, finished: Started;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'finhub-onboarding-watch-'));
    const policyFile = join(folder, 'policy.json');
    await writeFile(policyFile, JSON.stringify(POLICY));
    stack = await startStack({ ui: true, workerEnv: { POLICY_FILE: policyFile } });
    const { client } = stack;
    const person = async (id: string, changes: object = {}) => {
      const example = await exampleIndividual(id);
      const email = `${id}@example.com`;
      return client.startIndividual(
        { ...example, person: { ...example.person, email }, ...changes },
        { folder: EXAMPLES },
      );
    };
    overdue = await person('ind-2025-0001');
    const company = await exampleOrganization('org-2025-0002');
    waiting = await client.startOrganization(company, { folder: EXAMPLES });
    const { categorization } = await exampleIndividual('any');
    attention = await person('ind-2025-0003', { categorization: { ...categorization, category: 'NO_SUCH_CATEGORY' } });
    finished = await person('ind-2025-0004');
    await carry(
      client,
      finished.workflowId,
      {
        operator: () => approveAs(client, finished.workflowId, 'op-1'),
        customer: async () => {
          const code = await mailedActivationCode(stack.sandboxUrl, 'ind-2025-0004@example.com');
          await client.submitActivationCode(finished.workflowId, code);
        },
      },
      () => {},
    );
    await until(overdue, ({ review }) => review.stage === 'inReview');
    await until(waiting, ({ review }) => review.stage === 'inReview');
    await until(attention, ({ status }) => status === 'needsAttention');
  });
  after(async () => {
    await stack?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  function until({ workflowId }: Started, isThere: (status: LifecycleStatus) => boolean): Promise<unknown> {
    return eventually(workflowId, async () => {
      const status = await stack.client.status(workflowId);
      return !status.stale && isThere(status);
    });
  }

  describe("in Temporal's UI", { skip: chromium === undefined && 'no Chromium on the PATH' }, () => {
    let browser: Browser;
    let page: Page;
    before(async () => {
      browser = await launchChromium(chromium!);
      page = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
    });
    after(() => browser?.close());

    const workflows = () => `${stack.temporal.uiUrl}/namespaces/default/workflows`;
    const pageOf = ({ workflowId, runId }: Started, tab: string) =>
      `${workflows()}/${encodeURIComponent(workflowId)}/${runId}/${tab}`;

    test('the list of overdue reviews holds the one that is overdue', async () => {
      const query = `ExecutionStatus="Running" AND ReviewDueAt < "${new Date().toISOString()}"`;
      await page.goto(`${workflows()}?query=${encodeURIComponent(query)}`);
      const text = await shows(page, overdue.workflowId);
      for (const other of [waiting, attention, finished]) assert.ok(!text.includes(other.workflowId));
      await picture(page, 'overdue-reviews');
    });

    test('a waiting case says what it waits for, and until when', async () => {
      await page.goto(pageOf(waiting, 'user-metadata'));
      const text = await shows(page, 'Waiting for operator: decision on round 1');
      assert.match(text, /due \d{4}-\d\d-\d\dT/);
      assert.match(text, /✔ Registration/);
      await picture(page, 'waiting');
    });

    test('a case that needs attention says why, and what may be done', async () => {
      await page.goto(pageOf(attention, 'user-metadata'));
      const text = await shows(page, 'Needs attention');
      assert.match(text, /categorization/);
      assert.match(text, /Options: retry.*abort/);
      await picture(page, 'needs-attention');
    });

    test('a finished case says so, with all its phases', async () => {
      await page.goto(pageOf(finished, 'user-metadata'));
      const text = await shows(page, 'Outcome: active');
      assert.equal(text.match(/✔/g)?.length, 7);
      await picture(page, 'finished');
    });
  });

  test('every command of the runbook works on them, in its order', async (t) => {
    const runbook = await readFile(join(PROJECT, 'docs/guides/runbook.md'), 'utf8');
    const commands = [...runbook.matchAll(/```sh\n([\s\S]+?)```/g)].flatMap(([, block]) => block!.trim().split('\n'));
    assert.ok(commands.length > 12);
    const values: Record<string, string> = {
      REVIEW: overdue.workflowId,
      ATTENTION: attention.workflowId,
      CASE: waiting.workflowId,
      UNTIL: new Date(Date.now() + 24 * 3600_000).toISOString(),
    };
    const environment = { ...process.env, ...stack.environment };
    for (const command of commands) {
      const filled = command.replace(/\b(REVIEW|ATTENTION|CASE|UNTIL)\b/g, (name) => values[name]!);
      const { code, stdout, stderr } = await run('sh', ['-c', `cd '${PROJECT}' && ${filled}`], environment);
      t.diagnostic(`${command}: exit ${code}`);
      assert.equal(code, 0, `${filled}\n${stdout}${stderr}`);
    }
    await until(overdue, ({ review }) => review.stage === 'approved');
  });
});

/** What the page says, once it says `text`; Markdown is shown in frames of its own. */
function shows(page: Page, text: string): Promise<string> {
  return eventually(`the page shows ${text}`, async () => {
    const said = await Promise.all(page.frames().map((frame) => frame.innerText('body')));
    const all = said.join('\n');
    return all.includes(text) && all;
  });
}

async function picture(page: Page, name: string): Promise<void> {
  const to = process.env['SCREENSHOTS_TO'];
  if (to) await page.screenshot({ path: resolve(PROJECT, to, `${name}.png`) });
}
