import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { parser } from '@prometheus-io/lezer-promql';
import type { Client } from '@temporalio/client';
import { parse as parseYaml } from 'yaml';
import { EXAMPLES, exampleIndividual, exampleOrganization } from '../dev/demo/examples.js';
import { freePort } from '../dev/embedded/ports.js';
import { startStack, type Stack } from '../dev/embedded/stack.js';
import { CASE_METRICS } from '../src/lifecycle/case-metrics.js';
import { TASK_QUEUE } from '../src/lifecycle/ids.js';
import { connectClient } from '../src/client/index.js';
import { gatewayMetrics } from '../src/gateway/metrics.js';
import { loadEnvironment } from '../src/config/environment.js';
import { SANDBOX_TENANT } from '../sandbox/fixtures.js';
import { keepMachineClock } from './helpers/clock.js';
import { eventually } from './helpers/eventually.js';
import { samplesIn, scrape, sumOf, type Sample } from './helpers/metrics.js';

/** One that records a metric has a query only. */
interface Rule {
  alert?: string;
  expr: string;
  annotations: { summary: string; runbook: string };
}

const file = (path: string): Promise<string> => readFile(new URL(`../${path}`, import.meta.url), 'utf8');
const rulesOfPrometheus = async () => {
  const { groups } = parseYaml(await file('deploy/prometheus/onboarding.rules.yml')) as { groups: { rules: Rule[] }[] };
  return groups.flatMap(({ rules }) => rules);
};

/** Metrics that a query names, by Prometheus's own grammar. */
function metricsIn(query: string): string[] {
  const names: string[] = [];
  parser.parse(query).iterate({
    enter({ type, from, to }) {
      assert.ok(!type.isError, `this is no PromQL, near ${JSON.stringify(query.slice(from, from + 20))}: ${query}`);
      if (type.name === 'VectorSelector') {
        const [name] = /^[a-zA-Z_:][\w:]*/.exec(query.slice(from, to)) ?? [];
        assert.ok(name, `a selector without a metric's name: ${query}`);
        names.push(name);
      }
    },
  });
  return names;
}

describe('a running worker', { timeout: 1_200_000 }, () => {
  let stack: Stack;
  let address: string;
  let exported: Sample[];
  /** Of metrics that workers and gateways export. */
  let names: Set<string>;

  before(async () => {
    keepMachineClock();
    address = `127.0.0.1:${await freePort()}`;
    stack = await startStack({ workerEnv: { METRICS_ADDRESS: address.split(':')[1], METRICS_COUNT_SECONDS: '1' } });
    const individual = await exampleIndividual('metrics-1');
    const { workflowId } = await stack.client.startIndividual(individual, { folder: EXAMPLES });
    const company = await exampleOrganization('metrics-2');
    const categorization = { ...company.categorization!, category: 'NO_SUCH_CATEGORY' };
    await stack.client.startOrganization({ ...company, categorization }, { folder: EXAMPLES });
    await eventually('in review', async () => {
      const status = await stack.client.status(workflowId);
      return !status.stale && status.review.stage === 'inReview';
    });
    const hint = { eventId: 'evt-1', type: 'customer.updated', ids: [], at: new Date().toISOString() };
    await stack.client.takeWebhook(individual.tenantId ?? SANDBOX_TENANT.id, hint);
    await stack.client.decide(workflowId, approval('d1', 'nobody'));
    await stack.client.decide(workflowId, approval('d1', 'op-1'));
    await stack.client.decide(workflowId, approval('d2', 'op-1'));
    await withTemporal(stack, async (temporal) => {
      await temporal.workflow.getHandle(workflowId).signal('decideVerification', approval('d2', 'op-1'));
      // No worker of ours knows the workflow: its task fails, as one does whose code no longer fits.
      await temporal.workflow.start('noSuchWorkflow', { workflowId: 'stranger', taskQueue: TASK_QUEUE });
    });
    // The counts come a second apart, and Temporal's lists lag behind.
    exported = await eventually('both cases are counted where they stand', async () => {
      const samples = await scrape(address);
      const isSeen = [
        sumOf(samples, 'onboarding_cases', { kind: 'individual', phase: 'activation' }),
        sumOf(samples, 'onboarding_cases_waiting', { waiting_for: 'customer', longer_than: '0s' }),
        sumOf(samples, 'onboarding_cases_needing_attention', { kind: 'organization' }),
        sumOf(samples, 'temporal_workflow_task_execution_failed'),
        sumOf(samples, CASE_METRICS.webhooks, { outcome: 'withoutCase' }),
      ];
      const atFinHub = sumOf(samples, 'onboarding_cases_waiting', { waiting_for: 'finhub', longer_than: '0s' });
      return isSeen.every(Boolean) && atFinHub === 0 && samples;
    });
    const gateway = gatewayMetrics(() => 0);
    gateway.answered('GET /v1/cases', 200, 'ok', 0.1);
    names = new Set([...exported, ...samplesIn((await gateway.text()).body)].map(({ name }) => name));
  });
  after(() => stack?.stop());

  test('counts open cases, by phase and by who is waited for', () => {
    const cases = (labels: Record<string, string>) => sumOf(exported, 'onboarding_cases', labels);
    assert.equal(cases({ kind: 'individual' }), 1);
    assert.equal(cases({ kind: 'organization', phase: 'registration' }), 1);
    const waiting = (waiting_for: string, longer_than: string) =>
      sumOf(exported, 'onboarding_cases_waiting', { waiting_for, longer_than });
    assert.equal(waiting('customer', '0s'), 1);
    assert.equal(waiting('operator', '0s'), 1);
    assert.equal(waiting('customer', '1h'), 0);
    assert.equal(sumOf(exported, 'onboarding_reviews_overdue', { level: 'TENANT' }), 0);
    const countedAt = sumOf(exported, 'onboarding_cases_counted_timestamp_seconds');
    assert.ok(countedAt !== undefined && Math.abs(countedAt - Date.now() / 1000) < 60);
  });

  test('counts a decision once, however often it is sent, and every message with its answer', () => {
    const decided = (labels: Record<string, string>) => sumOf(exported, CASE_METRICS.decisions, labels);
    assert.equal(decided({ verdict: 'approve', level: 'TENANT', by: 'operator' }), 1);
    assert.equal(decided({}), 1);
    const messages = (answer: string) =>
      sumOf(exported, CASE_METRICS.messages, { message: 'decideVerification', answer });
    assert.equal(messages('UnknownOperator'), 1);
    assert.equal(messages('DecisionConflict'), 1);
    assert.equal(messages('applied'), 2, 'the signal repeats what the update said');
    const attentions = { operation: 'categorization' };
    assert.equal(sumOf(exported, CASE_METRICS.attentions, attentions), 1);
  });

  test('counts FinHub calls by operation, class and outcome', () => {
    const labels = { operation: 'registerIndividual', class: 'naturalKey', outcome: 'ok' };
    assert.equal(sumOf(exported, 'onboarding_finhub_calls_total', labels), 1);
    assert.equal(sumOf(exported, 'onboarding_finhub_call_seconds_count', { operation: 'registerIndividual' }), 1);
    assert.equal(sumOf(exported, 'onboarding_finhub_unclear_total'), 0);
    assert.equal(sumOf(exported, 'onboarding_undecodable_payloads_total'), 0);
  });

  test('belongs to cases that every view of docs/guides/monitoring.md can be asked for', async () => {
    const page = await file('docs/guides/monitoring.md');
    const views = [...page.matchAll(/^\| ([^`|]+?) +\| `(.+(?:Status|Kind).+)` +\|$/gm)];
    assert.ok(views.length > 10);
    const counts = new Map<string, number>();
    await withTemporal(stack, async (temporal) => {
      for (const [, view, query] of views) {
        const at = (hoursAgo: number) => new Date(Date.now() - hoursAgo * 3600_000).toISOString();
        const { count } = await temporal.workflow.count(query!.replace('NOW', at(0)).replace('YESTERDAY', at(24)));
        counts.set(view!, count);
      }
    });
    const found = [...counts].filter(([, count]) => count > 0);
    assert.deepEqual(found, [
      ['Needs attention', 1],
      ['Nobody has taken it on', 1],
      ["The customer's turn", 1],
      ['In activation', 1],
    ]);
  });

  test('exports nothing that tells who a customer is', async () => {
    const { person } = await exampleIndividual('metrics-1');
    const text = await (await fetch(`http://${address}/metrics`)).text();
    for (const secret of [person.email, person.lastName!, 'metrics-1', 'metrics-2', 'op-1']) {
      assert.ok(!text.includes(secret), `${secret} is in the metrics`);
    }
  });

  test('exports every metric that an alert names, or a gateway does', async () => {
    for (const { alert, expr } of await rulesOfPrometheus()) {
      const named = metricsIn(expr);
      assert.ok(named.length > 0);
      for (const name of named) assert.ok(names.has(name), `${alert} names ${name}, which nobody exports`);
    }
  });

  test('exports every metric that the dashboard names', async () => {
    const { panels } = JSON.parse(await file('deploy/grafana/dashboard.json')) as {
      panels: { title: string; targets?: { expr: string }[] }[];
    };
    const queries = panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr })));
    assert.ok(queries.length > 20);
    for (const { title, expr } of queries) {
      for (const name of metricsIn(expr)) assert.ok(names.has(name), `"${title}" names ${name}, which nobody exports`);
    }
  });

  test('exports no metric of ours that docs/guides/monitoring.md does not explain, and the page names no other', async () => {
    const page = await file('docs/guides/monitoring.md');
    const explained = new Set([...page.matchAll(/^\| `(onboarding_\w+)`/gm)].map(([, name]) => name!));
    const ours = [...names].map((name) => name.replace(/_(bucket|sum|count)$/, '')).filter(isOurs);
    assert.deepEqual([...explained].sort(), [...new Set(ours)].sort());
  });
});

test('every alert has its section in the runbook', async () => {
  const headings = [...(await file('docs/guides/runbook.md')).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
  const named = (await rulesOfPrometheus()).flatMap(({ alert, annotations }) =>
    alert ? [{ alert, annotations }] : [],
  );
  assert.ok(named.length > 10);
  for (const { alert, annotations } of named) {
    assert.equal(annotations.runbook, `docs/guides/runbook.md#${alert.toLowerCase()}`);
    assert.ok(headings.includes(alert.toLowerCase()), `docs/guides/runbook.md has no section "${alert}"`);
  }
});

const isOurs = (name: string): boolean => name.startsWith('onboarding_');

const approval = (decisionId: string, id: string) =>
  ({ decisionId, round: 1, verdict: 'approve', operator: { id } }) as const;

/** Temporal itself, for what the client library would not send. */
async function withTemporal({ environment }: Stack, work: (temporal: Client) => Promise<void>): Promise<void> {
  const { temporal, keys } = loadEnvironment('starter', { ...process.env, ...environment });
  const client = await connectClient(temporal, keys);
  await work(client).finally(() => client.connection.close());
}
