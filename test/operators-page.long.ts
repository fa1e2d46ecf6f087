import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { LifecycleStatus } from '../src/client/index.js';
import { PROJECT_FOLDER } from '../src/config/project-folder.js';
import { EXAMPLES, exampleIndividual, exampleOrganization } from '../dev/demo/examples.js';
import { startStack, type Stack } from '../dev/embedded/stack.js';
import { run } from './helpers/command-line.js';
import { eventually } from './helpers/eventually.js';

const page = (name: string) => readFile(fileURLToPath(new URL(`../docs/guides/${name}`, import.meta.url)), 'utf8');

describe('docs/guides/operators.md', () => {
  let stack: Stack;
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'finhub-onboarding-test-'));
    await cp(EXAMPLES, join(folder, 'examples'), { recursive: true });
    await cp(join(EXAMPLES, 'signers.json'), join(folder, 'signers.json'));
    const workerEnv = { FINHUB_VERDICT_POLL_SECONDS: '1', SIGNERS_FILE: join(folder, 'signers.json') };
    stack = await startStack({ workerEnv });
  });
  after(async () => {
    await stack.stop();
    await rm(folder, { recursive: true });
  });

  const until = (id: string, isWanted: (status: LifecycleStatus) => boolean) =>
    eventually(id, async () => {
      const status = await stack.client.status(id);
      return !status.stale && isWanted(status) && status;
    });

  /** Runs a printed command in a shell; `npm run` without what npm itself takes. */
  function printed(command: string) {
    const npm = `npm() { entry=$2; shift 3; "${process.execPath}" --import "${import.meta.resolve('tsx')}" "${PROJECT_FOLDER}/src/$entry.ts" "$@"; }`;
    const env = { ...process.env, ...stack.environment };
    return run('sh', ['-c', `cd "${folder}" && ${npm} && ${command}`], env);
  }

  /** What keygen printed goes into the operator's entry, as the page says. */
  async function addKey(operator: string, printedKey: string) {
    const path = join(folder, 'signers.json');
    const file = JSON.parse(await readFile(path, 'utf8')) as {
      version: number;
      signers: { id: string; keys?: object[] }[];
    };
    const { publicKey } = JSON.parse(`{${printedKey}}`) as { publicKey: object };
    file.version += 1;
    file.signers.find(({ id }) => id === operator)!.keys = [{ publicKey }];
    await writeFile(path, JSON.stringify(file));
  }

  test('every command does as printed, in the order of the page', async () => {
    const others = [
      await exampleIndividual('ind-2025-0001'),
      await exampleIndividual('ind-2025-0002'),
      await exampleIndividual('ind-2025-0003'),
    ] as const;
    others[1].categorization!.category = 'NO_SUCH_CATEGORY';
    for (const [index, application] of others.entries()) {
      application.person.email = `person-${index}@mail.example`;
      await stack.client.startIndividual(application, { folder: EXAMPLES });
    }
    await stack.client.startOrganization(await exampleOrganization('org-2025-0001'), { folder: EXAMPLES });
    const inReview = ({ review, waitingOn }: LifecycleStatus) => review.stage === 'inReview' && waitingOn !== null;
    for (const id of ['individual/ind-2025-0001', 'individual/ind-2025-0003', 'organization/org-2025-0001']) {
      await until(id, inReview);
    }
    await until('individual/ind-2025-0002', ({ status }) => status === 'needsAttention');

    const text = await page('operators.md');
    const commands = [...text.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block]) => block!.trim().split('\n'));
    assert.ok(commands.length >= 18);
    for (const command of commands) {
      const { code, stdout, stderr } = await printed(command);
      assert.equal(code, 0, `${command}\n${stdout}${stderr}`);
      if (command.includes('submit-documents')) await until('individual/ind-2025-0001', inReview);
      if (command.includes(' keygen')) await addKey('op-2', stdout);
      if (command.includes(' queue')) assert.match(stdout, /no cases|case +age/);
      if (command.includes('--action retry')) {
        await until('individual/ind-2025-0002', ({ status }) => status === 'needsAttention');
      }
    }
    const { status } = await stack.client.wait('organization/org-2025-0001', 'done', { timeoutMs: 20_000 });
    assert.equal(status.outcome?.result, 'rejected');
    for (const id of ['individual/ind-2025-0001', 'individual/ind-2025-0003']) {
      await until(id, ({ review }) => review.stage === 'approved');
    }
    const filtered = async (flags: string) => {
      const { stdout } = await printed(`npm run operator -- queue --json ${flags}`);
      return (JSON.parse(stdout) as { cases: { workflowId: string }[] }).cases.map(({ workflowId }) => workflowId);
    };
    const { workflowId } = await stack.client.startIndividual(
      { ...(await exampleIndividual('ind-2025-0004')), person: { ...others[0].person, email: 'four@mail.example' } },
      { folder: EXAMPLES },
    );
    await until(workflowId, inReview);
    await stack.client.claim(workflowId, { by: 'op-3' });
    await eventually('found by who has it', async () => (await filtered('--assignee op-3')).includes(workflowId));
    assert.deepEqual(await filtered('--unassigned --level TENANT'), []);
    assert.deepEqual(await filtered('--overdue'), []);
  });
});
