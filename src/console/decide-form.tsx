import { DOCUMENT_TYPES } from '../contract/document-types.js';
import { BySigning, MessageForm, type Desk } from './message-form.js';
import { type Choice, MOST_REQUESTS, requestFields } from './message-forms.js';
import { capital, plain } from './words.js';

const TITLES: Record<Choice, string> = {
  approve: 'Approve',
  documents: 'Request documents',
  again: 'Reject; the customer may submit again',
  reject: 'Reject finally',
};

/** The form by which an operator decides; what it holds is what their passkey signs. */
export function DecideForm({ desk }: { desk: Desk }) {
  const { review, evidenceHash, evidence, ids, submitters } = desk.view;
  if (submitters.includes(desk.signing.operator)) {
    return <p>You handed something in for this case, so somebody else decides on it.</p>;
  }
  const { customerId = '', verificationId = '' } = ids;
  const hidden = { round: review.round, evidenceHash, customerId, verificationId };
  const papers = evidence.length === 1 ? 'one document' : `${evidence.length} documents`;
  return (
    <MessageForm {...desk} message="decideVerification" isSigned hidden={hidden} class="decide">
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
          <Request desk={desk} at={at} />
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
        <button class="main">Decide</button> <BySigning {...desk} />
      </p>
    </MessageForm>
  );
}

function Request({ desk, at }: { desk: Desk; at: number }) {
  const { type, subject: whose } = requestFields(at);
  const people = desk.view.subject.people.filter(({ ref }) => ref !== null);
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
