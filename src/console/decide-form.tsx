import type { ShownCase } from '../client/index.js';
import { DOCUMENT_TYPES } from '../contract/document-types.js';
import type { Choice } from './decision-form.js';
import { MOST_REQUESTS, requestFields } from './decision-form.js';
import { capital, plain } from './words.js';

/** What the browser signs for. */
export interface Signing {
  audience: string;
  tenant: string;
  workflowId: string;
  /** The case's first run. */
  instance: string;
  operator: string;
  /** The operator's passkeys on this page's host. */
  credentialIds: string[];
}

const TITLES: Record<Choice, string> = {
  approve: 'Approve',
  documents: 'Request documents',
  again: 'Reject; the customer may submit again',
  reject: 'Reject finally',
};

interface Shown {
  view: ShownCase;
  signing: Signing;
  /** Names the decision: sent twice, it counts once. */
  decisionId: string;
  csrf: string;
}

/** The form by which an operator decides; what it holds is what their passkey signs. */
export function DecideForm({ view, signing, decisionId, csrf }: Shown) {
  const { review, evidenceHash, evidence, ids, kind, applicationId, submitters } = view;
  if (submitters.includes(signing.operator)) {
    return <p>You handed something in for this case, so somebody else decides on it.</p>;
  }
  const hidden = { csrf, decisionId, round: review.round, evidenceHash, proof: '', ...subjectOf(ids) };
  const papers = evidence.length === 1 ? 'one document' : `${evidence.length} documents`;
  return (
    <form
      class="decide"
      method="post"
      action={`/console/cases/${kind}/${applicationId}/decisions`}
      data-signing={JSON.stringify(signing)}
    >
      {Object.entries(hidden).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      <fieldset>
        <legend>
          Your decision on round {review.round} with {papers}
        </legend>
        {Object.entries(TITLES).map(([choice, title]) => (
          <label class="choice">
            <input type="radio" name="choice" value={choice} required /> {title}
          </label>
        ))}
      </fieldset>
      <details>
        <summary>Documents to request</summary>
        {Array.from({ length: MOST_REQUESTS }, (_, at) => (
          <Request view={view} at={at} />
        ))}
      </details>
      <label>
        Reason for the customer
        <textarea name="customerReason" rows={2} maxLength={4000}></textarea>
      </label>
      <label>
        Internal reason
        <textarea name="internalReason" rows={2} maxLength={4000}></textarea>
      </label>
      <p>
        <button class="main">Decide</button>{' '}
        <span class="soft">
          {signing.credentialIds.length > 0
            ? 'Your passkey signs exactly this.'
            : 'You have no passkey here: where decisions must be signed, make one first (Keys) or use a key file.'}
        </span>
      </p>
      <p role="status"></p>
    </form>
  );
}

function Request({ view: { subject }, at }: { view: ShownCase; at: number }) {
  const { type, subject: whose } = requestFields(at);
  const people = subject.people.filter(({ ref }) => ref !== null);
  return (
    <p class="pair">
      <select name={type} aria-label={`Document ${at + 1}`}>
        <option value="">none</option>
        {DOCUMENT_TYPES.map((one) => (
          <option value={one}>{capital(plain(one))}</option>
        ))}
      </select>
      <select name={whose} aria-label={`Whose document ${at + 1}`}>
        <option value="">of the customer</option>
        {people.map(({ ref, name }) => (
          <option value={ref!}>
            of {name} ({ref})
          </option>
        ))}
      </select>
    </p>
  );
}

function subjectOf({ customerId = '', verificationId = '' }: ShownCase['ids']): Record<string, string> {
  return { customerId, verificationId };
}
