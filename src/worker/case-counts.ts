import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { MetricMeter } from '@temporalio/common';
import { EndedCases, type EndedCase } from '../client/ended-cases.js';
import { visibilityQuery, type CaseFilter } from '../client/list.js';
import { PHASES, type CaseKind } from '../lifecycle/phases.js';
import { OPERATOR_LEVELS } from '../lifecycle/policy.js';
import { WAITERS } from './case-series.js';

/** Cases that somebody ended from outside, and nobody has resumed. */
const ENDED_METRIC = 'onboarding_cases_ended_from_outside';

const AGES = { '0s': 0, '1h': 3600, '1d': 24 * 3600, '3d': 3 * 24 * 3600, '7d': 7 * 24 * 3600 } as const;

/** A gauge over all open cases of the namespace: its series by labels, and the cases that each counts. */
interface Counted {
  name: string;
  labels: Record<string, string>;
  filter: CaseFilter;
}

/** What is counted. A case that waits for two days counts as longer than an hour and longer than a day. */
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
 * Counts all open cases again and again, one question after the other, so that the visibility store never sees more than one of them at a
 * time. Every worker counts the same: take the `max` over workers. Where a count fails, the figures stay as they were, and
 * `onboarding_cases_counted_timestamp_seconds` tells how old they are.
 * @param everySeconds pause between two counts
 * @param onEnded told once of each case that was ended from outside
 * @param onFailure told of a count that was broken off
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
  const told = new Set<string>();
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
        if (!told.has(one.runId)) onEnded(one);
        told.add(one.runId);
      }
      countedAt.set(Date.now() / 1000);
    } catch (error) {
      if (!signal.aborted) onFailure(error);
    }
    await pause(everySeconds * 1000, undefined, { signal }).catch(() => {});
  }
}
