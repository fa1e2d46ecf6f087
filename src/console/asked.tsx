import type { ShownCase } from '../client/index.js';
import { caseId } from '../lifecycle/ids.js';
import { awayText, plain, timeText } from './words.js';

/** What an operator is to do, and until when. */
export function Asked({ view, now }: { view: ShownCase; now: Date }) {
  const { review, decision, attention, waitingOn, outcome, stopped } = view;
  const id = caseId(view.kind, view.tenantId, view.applicationId);
  const due = review.dueAt ?? waitingOn?.dueAt;
  const isLate = due !== undefined && Date.parse(due) < now.getTime();
  const until = due && (
    <p>
      Due <span class={isLate ? 'late' : undefined}>{awayText(due, now)}</span> ({timeText(due)})
    </p>
  );
  const isAsked = attention !== null || review.stage === 'inReview';
  return (
    <section class={isLate && isAsked ? 'ask overdue' : 'ask'} aria-label="What is asked of you">
      {stopped && <p>The workflow was {stopped.how} from outside.</p>}
      {attention && (
        <>
          <p>
            <strong>Needs attention:</strong> {attention.operation} ended in {attention.failure}. {attention.message}
          </p>
          <p>What helps: {attention.advice}</p>
        </>
      )}
      {!attention && review.stage === 'inReview' && decision && (
        <>
          <p>
            <strong>Decide on round {review.round}:</strong>{' '}
            {decision.quorum === 1 ? 'one approval' : `${decision.quorum} approvals by different people`},{' '}
            {plain(decision.level)} level.
          </p>
          <p>
            {decision.approvals.length === 0
              ? 'Nobody has approved yet.'
              : `Approved by ${decision.approvals.map(({ operatorId, level }) => `${operatorId} (${plain(level)})`).join(', ')}.`}
          </p>
          <p class="soft">
            Decide below, or with a key file: <code>npm run operator -- decide {id} --as YOU --approve | --reject</code>
          </p>
        </>
      )}
      {!isAsked && (
        <p>
          {outcome
            ? `The case has ended: ${plain(outcome.result)}.`
            : waitingOn
              ? `Nothing: it waits for ${waitingOn.who} (${waitingOn.what}).`
              : 'Nothing: it runs.'}
        </p>
      )}
      {!outcome && until}
    </section>
  );
}
