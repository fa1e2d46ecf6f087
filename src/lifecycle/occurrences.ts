import { isLifecycle, type CaseState } from './case-state.js';
import { type Outcome } from './outcome.js';
import { endOf } from './case-end.js';
import { deadlinesFrom, fire, type DeadlineKind, type DeadlineTimes } from './deadlines.js';
import { accept, refuse } from './messages.js';
import type { ReviewRules } from './policy.js';
import { adoptPortalDecision, escalate, openRound, reopen } from './review.js';
import { type KeptDecision } from './review-state.js';
import type { Given, Ruling } from './rulings.js';
import { judged, REVIEW_OVER } from './verdicts.js';

/** Events of a case other than messages: its own actions, and decisions in FinHub's portal. */
export type Occurrence =
  | { name: 'roundOpened'; rules: ReviewRules; deadlines: DeadlineTimes }
  | { name: 'keptDecision'; kept: KeptDecision }
  | { name: 'decisionVoid'; decisionIds: string[]; why: string; deadlines: DeadlineTimes }
  | { name: 'deadlinePassed'; kind: DeadlineKind }
  | { name: 'seenAtFinHub'; verdict: 'APPROVED' | 'REJECTED' }
  | { name: 'ended'; result: Outcome['result']; reason?: string | undefined };

/** What an occurrence changes, and its answer. */
export function occurred(state: CaseState, occurrence: Occurrence, given: Given): Ruling {
  switch (occurrence.name) {
    case 'roundOpened': {
      const { rules, deadlines } = occurrence;
      return [
        { review: openRound(state.review, rules, given.at), deadlines: deadlinesFrom(deadlines) },
        accept('applied', `${rules.level}, quorum ${rules.quorum}, due ${deadlines.due ?? 'never'}`),
      ];
    }
    case 'keptDecision':
      return isLifecycle(state) ? judged(state, occurrence.kept, given) : [{}, refuse('NotAllowed', 'no review')];
    case 'decisionVoid': {
      const { decisionIds, why, deadlines } = occurrence;
      const review = reopen(state.review, decisionIds);
      return [{ review, deadlines: deadlinesFrom(deadlines) }, accept('applied', why)];
    }
    case 'deadlinePassed': {
      const { kind } = occurrence;
      const deadlines = fire(state.deadlines, kind);
      const raised = kind === 'escalation' && state.review.stage === 'inReview';
      return [{ deadlines, ...(raised ? { review: escalate(state.review) } : {}) }, accept('applied', kind)];
    }
    case 'seenAtFinHub': {
      const { verdict } = occurrence;
      if (state.review.stage !== 'inReview' || state.review.rules?.portalDecision !== 'adopt') {
        return [{}, accept('recorded', `${verdict}, held until our operators have decided`)];
      }
      return [
        { review: adoptPortalDecision(state.review, verdict), ...REVIEW_OVER },
        accept('applied', `${verdict} in FinHub's portal`),
      ];
    }
    case 'ended':
      return [endOf(state, occurrence, given.at), accept('applied', occurrence.result)];
  }
}
