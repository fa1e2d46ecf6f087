import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { ShownAuditEntry, CurrentStatus, LifecycleStatus, ShownCase } from '../src/client/index.js';
import { CaseClient, connectClient, temporalSettings } from '../src/client/index.js';
import { EXAMPLES } from '../dev/demo/examples.js';
import { startStack, type Stack } from '../dev/embedded/stack.js';
import { newKeyRingText, parseKeyRing } from '../src/secrets/key-ring.js';
import { anIndividual, anOrganization } from './helpers/applications.js';
import { run, runEntry, type Ran } from './helpers/command-line.js';
import { eventually } from './helpers/eventually.js';

describe('the command lines beside a service that runs', () => {
  let stack: Stack;
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'finhub-onboarding-test-'));
    stack = await startStack();
  });
  after(async () => {
    await stack?.stop();
    await rm(folder, { recursive: true });
  });

  const env = (more: NodeJS.ProcessEnv = {}) => ({ ...process.env, ...stack.environment, ...more });
  const operator = (...args: string[]): Promise<Ran> => runEntry('operator', args, env());
  const starter = (...args: string[]): Promise<Ran> => runEntry('starter', args, env());
  const until = (id: string, isWanted: (status: LifecycleStatus & { stale: false }) => boolean) =>
    eventually(id, async () => {
      const status: CurrentStatus = await stack.client.status(id);
      return !status.stale && isWanted(status) && status;
    });
  const inReview = ({ review }: LifecycleStatus) => review.stage === 'inReview';

  async function started(patch: object = {}): Promise<string> {
    const { workflowId } = await stack.client.startIndividual(await anIndividual(patch), { folder: EXAMPLES });
    return workflowId;
  }
  const stuck = { categorization: { category: 'NO_SUCH_CATEGORY' } };

  test('show what a decision needs, and give a document whose view is on record', async () => {
    const application = await anOrganization();
    const { workflowId: id } = await stack.client.startOrganization(application, { folder: EXAMPLES });
    await until(id, inReview);
    const { stdout } = await operator('show', id);
    for (const director of application.directors) {
      for (const part of [director.lastName!, director.dateOfBirth, director.address.city])
        assert.match(stdout, new RegExp(part));
    }
    for (const { ownershipPercentage } of application.shareholders)
      assert.ok(stdout.includes(`${ownershipPercentage} %`));
    assert.match(stdout, /Lukas Brandt \(shareholder-lukas\) +35 % +35 % +UBO, 50 % over all paths/);
    assert.match(stdout, / {2}Lukas Brandt \(owner-lukas\) +60 % +15 % +UBO/);
    assert.ok(stdout.includes(application.organization.registrationNumber));
    assert.ok(!stdout.includes(application.password));

    const { evidence } = await stack.client.caseView(id);
    const [{ documentId, sha256, size }] = evidence as [ShownCase['evidence'][number]];
    const file = join(folder, 'saved');
    const saved = await operator('document', id, documentId, '--as', 'op-1', '--save', file);
    assert.equal(saved.code, 0, saved.stderr);
    const { mode, size: bytes } = await stat(file);
    assert.deepEqual([mode & 0o777, bytes], [0o600, size]);
    const audit = JSON.parse((await operator('audit', id, '--json')).stdout) as ShownAuditEntry[];
    const look = audit.find(({ event }) => event === 'viewDocument')!;
    assert.equal(look.by, 'op-1');
    assert.ok(look.text?.includes(documentId) && sha256.length === 64);
    const opened = audit.find((one) => one.event === 'roundOpened')!;
    assert.deepEqual(opened.data.submitters, [application.submittedBy]);

    assert.equal((await operator('document', id, documentId, '--as', 'op-1', '--save', file)).code, 2);
    assert.equal((await operator('document', id, documentId, '--as', 'nobody', '--save', `${file}-2`)).code, 3);
    assert.equal((await operator('document', id, 'none', '--as', 'op-1', '--save', `${file}-3`)).code, 3);
    await assert.rejects(stat(`${file}-2`));
  });

  test('reject only with a reason, and only when told to be sure', async () => {
    const id = await started();
    await until(id, inReview);
    const reject = (...more: string[]) => operator('decide', id, '--as', 'op-1', '--reject', ...more);
    const noReason = await reject('--yes');
    assert.equal(noReason.code, 2);
    assert.match(noReason.stderr, /needs a reason/);
    const notSure = await reject('--customer-reason', 'no');
    assert.equal(notSure.code, 2);
    assert.match(notSure.stderr, /ends it for good; add --yes/);
    assert.ok(inReview(await until(id, () => true)));
    const reasons = join(folder, 'reason.txt');
    await writeFile(reasons, 'seen before\n');
    const rejected = await reject('--yes', '--internal-reason-file', reasons);
    assert.equal(rejected.code, 0, rejected.stderr);
    const entry = (await stack.client.audit(id)).find((one) => one.event === 'decideVerification')!;
    assert.deepEqual([entry.data.reason, entry.text?.includes('(seen before)')], ['seen before', true]);
    const { evidenceHash } = await stack.client.caseView(id);
    const { level, evidenceHash: decidedOn, round, decisionId } = entry.data;
    assert.deepEqual([level, decidedOn, round], ['TENANT', evidenceHash, 1]);
    assert.match(decisionId, /^[0-9a-f-]{36}$/);
  });

  test('end a wait where the case needs attention, say why, and settle all cases of one cause', async () => {
    const ids = [await started(stuck), await started(stuck)];
    for (const id of ids) await until(id, ({ status }) => status === 'needsAttention');
    const waited = await starter('wait', ids[0]!, '--for', 'done', '--timeout', '30');
    assert.equal(waited.code, 6, waited.stderr);
    assert.match(
      waited.stdout,
      /needs attention +the category does not fit.*correction of "person" or "categorization"/,
    );
    const { stdout } = await operator('show', ids[0]!);
    const commands = stdout.split('\n').filter((line) => line.startsWith('npm run'));
    assert.match(commands[0]!, /^npm run starter -- correct/);
    assert.match(stdout, /what helps: have `categorization` corrected/);

    const all = ['resolve', '--cause', 'CategorizationInvalid', '--as', 'op-1', '--json'];
    const results = async (...more: string[]) => {
      const { code, stdout, stderr } = await operator(...all, ...more);
      assert.equal(code, 0, stderr);
      return (JSON.parse(stdout) as { workflowId: string; result: string }[]).map((one) => [
        one.workflowId,
        one.result,
      ]);
    };
    await eventually('listed', async () => (await stack.client.list({ needsAttention: true })).length === 2);
    assert.deepEqual((await results('--action', 'abort', '--dry-run')).sort(), ids.map((id) => [id, 'would']).sort());
    for (const id of ids) await until(id, ({ status }) => status === 'needsAttention');
    assert.deepEqual(await results('--action', 'abort', '--tenant', 'another'), []);
    assert.deepEqual((await results('--action', 'abort')).sort(), ids.map((id) => [id, 'applied']).sort());
    for (const id of ids) await until(id, ({ outcome }) => outcome?.result === 'aborted');
    assert.equal((await operator('resolve', '--as', 'op-1', '--action', 'retry')).code, 2);
  });

  test('tell of a case that was terminated that it has ended, by whom and why, and offer nothing', async () => {
    const id = await started();
    await until(id, inReview);
    await stack.client.temporal.workflow.getHandle(id).terminate('wound up');
    const { stdout } = await operator('show', id);
    assert.match(stdout, /aborted/);
    assert.match(stdout, /the workflow was terminated at .* by .*: wound up/);
    assert.deepEqual(stdout.match(/npm run .*$/gm), ['npm run starter -- resume starts it again']);
    const view = await stack.client.caseView(id);
    assert.deepEqual([view.status, view.waitingOn, view.stopped?.reason], ['aborted', null, 'wound up']);
  });

  test('list a case of another key ring beside the others', async () => {
    const readable = await started();
    await until(readable, inReview);
    const keys = parseKeyRing(newKeyRingText());
    const temporal = await connectClient(temporalSettings(env()), keys);
    try {
      const stranger = new CaseClient({ temporal });
      const { cases, exact, total } = await stranger.queue({ forOperators: true });
      assert.ok(cases.length > 0 && exact && total === cases.length);
      assert.ok(cases.every((one) => !one.readable));
      assert.ok((await stack.client.list({ forOperators: true })).every((one) => one.readable));
      const other = { ONBOARDING_KEYS: newKeyRingText() };
      const { code, stdout } = await runEntry('operator', ['queue'], env(other));
      assert.equal(code, 0);
      assert.match(stdout, /unreadable \(keys\)/);
    } finally {
      await temporal.connection.close();
    }
  });

  test('say in a line what is wrong, with the exit code of wrong usage', async () => {
    const id = 'individual/nobody';
    const faults: [string[], RegExp, NodeJS.ProcessEnv?][] = [
      [['extend', id, '--as', 'op-1', '--until', 'tomorrow', '--reason', 'r'], /tomorrow: expected a time with a zone/],
      [['note', id, '--as', 'op-1'], /either a text or --file/],
      [['document', id, 'd', '--as', 'op-1'], /give --save or --open/],
      [['queue'], /amespace/, { TEMPORAL_NAMESPACE: 'nowhere' }],
    ];
    for (const [args, message, more] of faults) {
      const { code, stderr } = await runEntry('operator', args, env(more));
      assert.equal(code, 2, `${args.join(' ')}: ${stderr}`);
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /^ +at /m);
    }
    const region = { DOCUMENT_STORE: 's3://papers', AWS_CONFIG_FILE: '/dev/null', AWS_REGION: undefined };
    const { code, stderr } = await runEntry('starter', ['status', id], env(region));
    assert.deepEqual([code, /names no region/.test(stderr)], [2, true], stderr);
    const transfer = await starter('transfer', join(EXAMPLES, 'transfer.json'));
    assert.equal(transfer.code, 2);
    assert.match(transfer.stderr, /accountId: stands for an account/);
    assert.match((await operator('--version')).stdout, /^\d+\.\d+\.\d+\n$/);
    const help = await run(
      'sh',
      ['-c', `"${process.execPath}" --import "${import.meta.resolve('tsx')}" "${source('operator')}" --help | head -1`],
      env(),
    );
    assert.deepEqual([help.code, help.stderr], [0, '']);
  });

  test('a worker that cannot use what it was given says so in a line, and ends with 1', async () => {
    const faulty = join(folder, 'faulty.json');
    await writeFile(faulty, '{"unknown": 1}');
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const faults: [NodeJS.ProcessEnv, RegExp][] = [
      [{ POLICY_FILE: faulty }, /faulty\.json/],
      [{ SIGNERS_FILE: faulty }, /faulty\.json/],
      [{ SIGNERS_FILE: join(folder, 'none.json') }, /SIGNERS_FILE: cannot be read/],
      [{ HEALTH_PORT: String(port), HEALTH_HOST: '127.0.0.1' }, /port \d+ on 127\.0\.0\.1 is taken/],
      [{ TEMPORAL_NAMESPACE: 'nowhere' }, /nowhere/],
    ];
    try {
      for (const [more, message] of faults) {
        const { code, stderr } = await worker(more);
        assert.equal(code, 1, stderr);
        assert.match(stderr, message);
        assert.doesNotMatch(stderr, /^ +at /m);
      }
    } finally {
      taken.close();
    }
  });

  const source = (entry: string): string => fileURLToPath(new URL(`../src/${entry}.ts`, import.meta.url));

  /** Runs a worker that ought to end by itself. */
  async function worker(more: NodeJS.ProcessEnv): Promise<{ code: number | null; stderr: string }> {
    const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), source('worker')], {
      env: env(more),
    });
    let stderr = '';
    child.stderr.on('data', (part: Buffer) => (stderr += part.toString()));
    child.stdout.resume();
    const idle = setTimeout(() => child.kill('SIGKILL'), 45_000);
    const [code] = (await once(child, 'close')) as [number | null];
    clearTimeout(idle);
    return { code, stderr };
  }
});

test('the pages that print commands of Temporal print them as they run here', async () => {
  for (const page of [
    'docs/guides/getting-started.md',
    'docs/guides/payments.md',
    'docs/guides/runbook.md',
    'docs/guides/versioning.md',
    'docs/guides/operators.md',
  ]) {
    const text = await readFile(fileURLToPath(new URL(`../${page}`, import.meta.url)), 'utf8');
    assert.doesNotMatch(text, /^temporal |`temporal (?!CLI)[a-z]/m, page);
    assert.doesNotMatch(text, /set-current-version (?!--yes|…)/, page);
  }
});
