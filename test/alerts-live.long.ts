import assert from 'node:assert/strict';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Client } from '@temporalio/client';
import { parse } from 'yaml';
import { approveAs } from '../dev/demo/carry.js';
import { EXAMPLES, exampleIndividual } from '../dev/demo/examples.js';
import { startChild, type Child } from '../dev/embedded/child-process.js';
import { freePort } from '../dev/embedded/ports.js';
import { startStack, type Stack } from '../dev/embedded/stack.js';
import { SANDBOX_TENANT } from '../sandbox/fixtures.js';
import { prometheus } from './deploy/tools.js';
import { eventually } from './helpers/eventually.js';
import { FinHub } from './helpers/finhub.js';
import { ask } from './helpers/gateway.js';

const DEPLOY = fileURLToPath(new URL('../deploy', import.meta.url));
/** A minute of the rules passes in a second. */
const FASTER = 60;
/** Longest that one alert may take to fire or to stop, in seconds. */
const LONGEST = 180;

const program = await prometheus('prometheus').catch(() => undefined);
const skip = program === undefined && "Prometheus is not here, and Debian's package of it cannot be fetched";

const VERIFICATION = '/api/v2.1/customer/individual/{customerId}/verification/initiate';

/** Not made to fire here, and why. Each has a unit test in deploy/prometheus. */
const NOT_MADE: Record<string, string> = {
  OnboardingWaitingForFinHub: 'a case has to wait for an hour',
  OnboardingCountStale: 'takes a visibility store that fails while the worker can be read',
  OnboardingWebhooksSilent: 'takes six hours of silence',
  OnboardingWorkflowTasksFail: 'takes a workflow that cannot be replayed: deployment.long.ts',
  OnboardingLogLinesLost: 'takes a log that nobody takes in: log-writer.test.ts',
  FinHubRateLimited: 'takes more calls at a time than this test makes',
};

interface Alert {
  state: 'pending' | 'firing';
  labels: Record<string, string>;
}

/** Writes `15m` as `15000ms`: its sixtieth. */
function faster(rules: string): string {
  const unit = { s: 1, m: 60, h: 3600, d: 86_400 } as const;
  return rules.replaceAll(/(?<=for: |\[|offset )(\d+)([smhd])\b/g, (_, count: string, name: keyof typeof unit) => {
    return `${(Number(count) * unit[name] * 1000) / FASTER}ms`;
  });
}

describe('a live Prometheus over a live worker and gateway', { timeout: 1_800_000, skip }, () => {
  let folder: string;
  let stack: Stack;
  let finhub: FinHub;
  let server: Child;
  let url: string;
  let workerPort: string;
  let keysFile: string;
  let names: string[];
  /** Alerts that have fired and stopped. */
  const made = new Set<string>();

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'alerts-live-'));
    const [worker, gateway, own] = [await freePort(), await freePort(), await freePort()];
    workerPort = String(worker);
    const policyFile = join(folder, 'policy.json');
    const due = { review: { individual: { MEDIUM: { deadlines: { due: 0 } } } } };
    const calendar = { timeZone: 'UTC', weekend: [], holidays: [] };
    await writeFile(policyFile, JSON.stringify({ default: { calendar, ...due } }));
    keysFile = join(folder, 'keys.json');
    await writeFile(keysFile, '{"keys": []}');
    stack = await startStack({
      workerEnv: {
        ...{ METRICS_ADDRESS: workerPort, METRICS_COUNT_SECONDS: '1', POLICY_FILE: policyFile, WORKER_ACTIVITIES: '1' },
        ENCRYPTED_PAYLOADS_ONLY: 'true',
      },
      gateway: {
        ...{ METRICS_ADDRESS: String(gateway), GATEWAY_API_KEYS_FILE: keysFile },
        FINHUB_WEBHOOK_SECRET: 'a-secret-of-this-test-alone',
      },
    });
    finhub = new FinHub(stack.sandboxUrl);
    const rules = await readFile(join(DEPLOY, 'prometheus/onboarding.rules.yml'), 'utf8');
    names = (parse(rules) as { groups: { rules: { alert?: string }[] }[] }).groups.flatMap((group) =>
      group.rules.flatMap(({ alert }) => alert ?? []),
    );
    await writeFile(join(folder, 'onboarding.rules.yml'), faster(rules));
    const job = (job_name: string, port: number): object => ({
      job_name,
      static_configs: [{ targets: [`127.0.0.1:${port}`] }],
    });
    const configuration = {
      global: { scrape_interval: '500ms', scrape_timeout: '500ms', evaluation_interval: '500ms' },
      rule_files: ['onboarding.rules.yml'],
      scrape_configs: [job('onboarding-worker', worker), job('onboarding-gateway', gateway)],
    };
    await writeFile(join(folder, 'prometheus.yml'), JSON.stringify(configuration));
    url = `http://127.0.0.1:${own}`;
    server = await startChild(program as string, [
      ...[`--config.file=${join(folder, 'prometheus.yml')}`, `--storage.tsdb.path=${join(folder, 'data')}`],
      `--web.listen-address=127.0.0.1:${own}`,
    ]);
    await eventually('Prometheus reads both', async () => (await values('sum(up)'))[0] === 2, LONGEST);
  });
  after(async () => {
    await server?.stop();
    await stack?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const api = async <Data>(path: string): Promise<Data> => {
    const answer = await fetch(`${url}/api/v1/${path}`);
    return ((await answer.json()) as { data: Data }).data;
  };
  const values = async (query: string): Promise<number[]> => {
    const { result } = await api<{ result: { value: [number, string] }[] }>(`query?query=${encodeURIComponent(query)}`);
    return result.map(({ value }) => Number(value[1]));
  };
  const firing = async (): Promise<Set<string>> => {
    const { alerts } = await api<{ alerts: Alert[] }>('alerts');
    return new Set(alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels['alertname']!));
  };
  const fires = (name: string, again: () => Promise<unknown> = async () => {}): Promise<unknown> =>
    eventually(`${name} fires`, async () => (await again(), (await firing()).has(name)), LONGEST);
  const stops = async (name: string): Promise<void> => {
    await eventually(`${name} stops`, async () => !(await firing()).has(name), LONGEST);
    made.add(name);
  };

  let count = 0;
  const person = async (changes: object = {}): Promise<string> => {
    const id = `live-${(count += 1)}`;
    const example = await exampleIndividual(id);
    const application = { ...example, person: { ...example.person, email: `${id}@example.com` }, ...changes };
    return (await stack.client.startIndividual(application, { folder: EXAMPLES })).workflowId;
  };
  const reviewed = async (id: string): Promise<string> => {
    await eventually(
      'in review',
      async () => {
        const status = await stack.client.status(id);
        return !status.stale && status.review.stage === 'inReview';
      },
      LONGEST,
    );
    return id;
  };

  test('an overdue review, until somebody has decided', async () => {
    const id = await reviewed(await person());
    const nobody = { decisionId: 'd', round: 1, verdict: 'approve', operator: { id: 'nobody' } } as const;
    await stack.client.decide(id, nobody);
    await fires('OnboardingReviewsOverdue');
    await approveAs(stack.client, id, 'op-1');
    await stops('OnboardingReviewsOverdue');
  });

  test('a case that needs attention, until it is cancelled', async () => {
    const { categorization } = await exampleIndividual('any');
    const id = await person({ categorization: { ...categorization, category: 'NO_SUCH_CATEGORY' } });
    await fires('OnboardingNeedsAttention');
    await stack.client.cancel(id, { by: 'op-1', reason: 'not a category of ours' });
    await stops('OnboardingNeedsAttention');
  });

  test('a case that was ended from outside, until it is resumed', async () => {
    const id = await reviewed(await person());
    await stack.client.temporal.workflow.getHandle(id).terminate('by mistake');
    await fires('OnboardingCasesEnded');
    await stack.client.resume(id);
    await stops('OnboardingCasesEnded');
  });

  test('a message that nobody encrypted', async () => {
    const id = await reviewed(await person());
    const plain = new Client({ connection: stack.client.temporal.connection });
    await fires('OnboardingUndecodablePayloads', () =>
      plain.workflow.getHandle(id).signal('addNote', { by: 'op-1', text: 'in the clear' }),
    );
    await stops('OnboardingUndecodablePayloads');
  });

  test('an outcome that is not clear, once', async () => {
    await finhub.inject({ method: 'POST', path: VERIFICATION, kind: 'drop' });
    const id = await person();
    await fires('OnboardingUnclearOutcome');
    await stops('OnboardingUnclearOutcome');
    await reviewed(id);
  });

  test('a login that FinHub refuses, once', async () => {
    const path = '/api/v2.1/admin/organization/{organizationId}/users/{userId}/sessions';
    await stack.worker.stop();
    const worker = await stack.startWorker();
    stack.worker = worker;
    await finhub.inject({ method: 'POST', path, kind: 'refuse-401' });
    const id = await person();
    await fires('FinHubLoginRefused');
    await stops('FinHubLoginRefused');
    await reviewed(id);
  });

  test('a FinHub that is away, until it is back', async () => {
    await finhub.inject({ method: '*', path: '*', kind: 'refuse-503', times: 100_000 });
    const ids = [await person(), await person()];
    await fires('FinHubFailing');
    await finhub.clearFaults();
    await stops('FinHubFailing');
    for (const id of ids) await reviewed(id);
  });

  test('a document store that is away, until it is back', async () => {
    const store = stack.environment['DOCUMENT_STORE']!;
    await finhub.inject({ method: 'POST', path: VERIFICATION, kind: 'late-answer', delayMs: 5000 });
    const id = await person();
    await rename(store, `${store}.away`);
    await fires('OnboardingServiceAlarm');
    await rename(`${store}.away`, store);
    await stops('OnboardingServiceAlarm');
    await reviewed(id);
  });

  test('a worker with more to do than it can, until it is done', async () => {
    await finhub.inject({ method: '*', path: '*', kind: 'late-answer', delayMs: 6000, times: 100_000 });
    await Promise.all([person(), person(), person(), person(), person(), person()]);
    await Promise.all([fires('OnboardingWorkersSaturated'), fires('OnboardingTasksWait')]);
    await finhub.clearFaults();
    await Promise.all([stops('OnboardingWorkersSaturated'), stops('OnboardingTasksWait')]);
  });

  test('a gateway that cannot let anybody in, until it can', async () => {
    const list = (): Promise<unknown> => ask(stack.gatewayUrl!, 'GET', '/v1/cases', { token: 'fok_nobody' });
    await writeFile(keysFile, 'no JSON');
    await fires('OnboardingGatewayFails', list);
    await writeFile(keysFile, '{"keys": []}');
    await stops('OnboardingGatewayFails');
  });

  test('webhooks that nobody has signed', async () => {
    await fires('OnboardingWebhooksRefused', () =>
      ask(stack.gatewayUrl!, 'POST', `/hooks/finhub/${SANDBOX_TENANT.id}`, { body: { type: 'forged' } }),
    );
    await stops('OnboardingWebhooksRefused');
  });

  test('no worker, until there is one', async () => {
    await stack.worker.stop();
    await fires('OnboardingNoWorker');
    await stack.startWorker();
    await stops('OnboardingNoWorker');
  });

  test('the dashboard: no query is empty', async (t) => {
    const dashboard = await readFile(join(DEPLOY, 'grafana/dashboard.json'), 'utf8');
    const queries = [...dashboard.matchAll(/"expr": ("(?:[^"\\]|\\.)*")/g)].map(
      ([, text]) => JSON.parse(text!) as string,
    );
    assert.ok(queries.length > 20);
    const now = Date.now() / 1000;
    const empty: string[] = [];
    for (const query of queries) {
      const range = new URLSearchParams({ query, start: String(now - 1800), end: String(now), step: '5' });
      const { result } = await api<{ result: unknown[] }>(`query_range?${range}`);
      if (result.length === 0) empty.push(query);
    }
    t.diagnostic(`${queries.length} queries`);
    assert.deepEqual(empty, []);
  });

  test('are all alerts, but for those that take hours or other machines', () => {
    assert.deepEqual([...made, ...Object.keys(NOT_MADE)].sort(), names.sort());
  });
});
