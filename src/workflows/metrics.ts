import { metricMeter } from '@temporalio/workflow';
import { CASE_METRICS } from '../lifecycle/case-metrics.js';
import type { Answer } from '../lifecycle/messages.js';
import type { Occurrence } from '../lifecycle/occurrences.js';
import type { ReviewState } from '../lifecycle/review-state.js';

/** The review before and after. */
interface Change {
  before: ReviewState;
  after: ReviewState;
}

type Counter = Exclude<keyof typeof CASE_METRICS, 'phaseSeconds'>;

/** Adds `by`; the SDK leaves replays out. A workflow task that is tried again counts again. */
export function count(counter: Counter, labels: Record<string, string>, by = 1): void {
  metricMeter.createCounter(CASE_METRICS[counter]).add(by, labels);
}

/** Counts what happened by itself: a kept decision that was judged, one of FinHub's portal that was adopted, an end. */
export function countOccurrence(occurrence: Occurrence, answer: Answer, review: Change): void {
  switch (occurrence.name) {
    case 'keptDecision':
      return countDecision(occurrence.kept.decision.verdict, answer, review);
    case 'seenAtFinHub':
      return countDecision(occurrence.verdict === 'APPROVED' ? 'approve' : 'reject', answer, review, 'portal');
    case 'ended':
      return count('outcomes', { result: occurrence.result });
    case 'deadlinePassed':
    case 'decisionVoid':
    case 'roundOpened':
      return;
  }
}

/** Counts a decision that took effect; a repeated one hears its first answer and changes nothing. */
export function countDecision(
  verdict: string,
  answer: Answer,
  { before, after }: Change,
  by: 'operator' | 'portal' = 'operator',
): void {
  if (!answer.accepted || answer.state === 'kept' || before === after) return;
  count('decisions', { verdict, level: before.rules?.level ?? 'none', by });
}

/** @param startedAt ISO 8601 */
export function measurePhase(phase: string, ended: string, startedAt: string): void {
  const seconds = (Date.now() - Date.parse(startedAt)) / 1000;
  metricMeter.createHistogram(CASE_METRICS.phaseSeconds, 'float', 's').record(seconds, { phase, ended });
}
