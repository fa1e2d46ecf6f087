import type { MetricMeter } from '@temporalio/common';
import { CASE_METRICS } from '../lifecycle/case-metrics.js';
import type { Outcome } from '../lifecycle/outcome.js';
import type { Waiter } from '../lifecycle/case-state.js';
import { DEADLINE_KINDS } from '../lifecycle/deadlines.js';
import { TASK_QUEUE, WORKFLOW_TYPES } from '../lifecycle/ids.js';
import { VERDICTS } from '../lifecycle/messages.js';
import { PHASES, type CaseKind } from '../lifecycle/phases.js';
import { OPERATOR_LEVELS } from '../lifecycle/policy.js';

export const WAITERS: readonly Waiter[] = ['customer', 'operator', 'finhub'];
const LIFECYCLES: readonly CaseKind[] = ['individual', 'organization'];
const RESULTS: readonly Outcome['result'][] = ['active', 'rejected', 'expired', 'cancelled', 'aborted'];

type Labels = Record<string, string>;

/** The metrics of workflows whose labels are known in advance. */
const SERIES: readonly { name: string; kind: CaseKind; labels: Labels }[] = [
  ...LIFECYCLES.flatMap((kind) => [
    ...VERDICTS.flatMap((verdict) =>
      OPERATOR_LEVELS.map((level) => ({
        name: CASE_METRICS.decisions,
        kind,
        labels: { verdict, level, by: 'operator' },
      })),
    ),
    ...RESULTS.map((result) => ({ name: CASE_METRICS.outcomes, kind, labels: { result } })),
    ...DEADLINE_KINDS.flatMap((deadline) =>
      WAITERS.filter((who) => who !== 'finhub').map((waiting_for) => ({
        name: CASE_METRICS.deadlinesPassed,
        kind,
        labels: { deadline, waiting_for },
      })),
    ),
    ...PHASES[kind]
      .flatMap(({ operations }) => operations)
      .map((operation) => ({ name: CASE_METRICS.adoptions, kind, labels: { operation } })),
  ]),
];

/**
 * Starts the workflows' counters at 0, with the SDK's labels: Prometheus does not see a rise if a counter begins with 1.
 */
export function startCaseSeries(meter: MetricMeter, namespace: string): void {
  for (const { name, kind, labels } of SERIES) {
    const workflowType = WORKFLOW_TYPES[kind];
    meter.createCounter(name).add(0, { namespace, taskQueue: TASK_QUEUE, workflowType, ...labels });
  }
}
