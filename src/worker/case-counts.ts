import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { MetricMeter } from '@temporalio/common';
import { EndedCases, type EndedCase } from '../client/ended-cases.js';
import { visibilityQuery, type CaseFilter } from '../client/list.js';
import { PHASES, type CaseKind } from '../lifecycle/phases.js';
import { OPERATOR_LEVELS } from '../lifecycle/policy.js';
import { WAITERS } from './case-series.js';

/** Cases that were ended from outside and not resumed. */
const ENDED_METRIC = 'onboarding_cases_ended_from_outside';

const AGES = { '0s': 0, '1h': 3600, '1d': 24 * 3600, '3d': 3 * 24 * 3600, '7d': 7 * 24 * 3600 } as const;

/** A gauge over all open cases of the namespace: its series by labels, and the query that counts each. */
interface Counted {
  name: string;
  labels: Record<string, string>;
  filter: CaseFilter;
}

/** The gauges. A case that has waited for two days counts as longer than an hour and longer than a day. */
const COUNTED: readonly Counted[] = [
  ...Object.entries(PHASES).flatMap(([kind, phases]) =>
    phases.map(({ name: phase }) => ({
      name: 'onboarding_cases',
      labels: { kind, phase },
      filter: { kind: kind as CaseKind, phase },
    })),
  ),
  ...WAITERS.flatMap((waitingFor) =>
    Object.entries(AGES).map(([age, waitingLongerThan]) => ({
      name: 'onboarding_cases_waiting',
      labels: { waiting_for: waitingFor, longer_than: age },
      filter: { waitingFor, waitingLongerThan },
    })),
  ),
  ...OPERATOR_LEVELS.flatMap((level) => [
    { name: 'onboarding_reviews', labels: { level }, filter: { reviewLevel: level } },
    { name: 'onboarding_reviews_overdue', labels: { level }, filter: { reviewLevel: level, overdue: true } },
  ]),
  ...(Object.keys(PHASES) as CaseKind[]).map((kind) => ({
    name: 'onboarding_cases_needing_attention',
    labels: { kind },
    filter: { kind, needsAttention: true },
  })),
];

/**
 * Counts all open cases repeatedly, with one query at a time to spare the visibility store. Every worker counts the same: take the `max`
 * over workers. If a count fails, the figures stay, and `onboarding_cases_counted_timestamp_seconds` shows how old they are.
 * @param everySeconds pause between two counts
 * @param onEnded called once for each case that was ended from outside
 * @param onFailure called when a count fails
 */
export async function countCases(
  temporal: Client,
  meter: MetricMeter,
  {
    everySeconds,
    signal,
    onEnded,
    onFailure,
  }: {
    everySeconds: number;
    signal: AbortSignal;
    onEnded: (ended: EndedCase) => void;
    onFailure: (error: unknown) => void;
  },
): Promise<void> {
  const ended = new EndedCases(temporal, { readResults: true });
  const reported = new Set<string>();
  const countedAt = meter.createGauge('onboarding_cases_counted_timestamp_seconds', 'float', 's');
  while (!signal.aborted) {
    try {
      for (const { name, labels, filter } of COUNTED) {
        const { count } = await temporal.workflow.count(visibilityQuery(filter, new Date()));
        if (signal.aborted) return;
        meter.createGauge(name).set(count, labels);
      }
      const found = await ended.look();
      if (signal.aborted) return;
      for (const kind of Object.keys(PHASES))
        meter.createGauge(ENDED_METRIC).set(found.filter((one) => one.kind === kind).length, { kind });
      for (const one of found) {
        if (!reported.has(one.runId)) onEnded(one);
        reported.add(one.runId);
      }
      countedAt.set(Date.now() / 1000);
    } catch (error) {
      if (!signal.aborted) onFailure(error);
    }
    await pause(everySeconds * 1000, undefined, { signal }).catch(() => {});
  }
}
