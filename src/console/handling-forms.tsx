import { plain } from './words.js';
import { BySigning, MessageForm, type Desk } from './message-form.js';
import { adoptField } from './message-forms.js';
import type { AttentionAction } from '../lifecycle/messages.js';

const ACTIONS: Record<AttentionAction, string> = {
  retry: 'Try the call again',
  adopt: 'Take over what FinHub has',
  skip: 'Leave the phase out',
  abort: 'End the case',
};

/** The form by which an operator settles what needs attention; what helps most comes first. */
export function ResolveForm({ desk }: { desk: Desk }) {
  const { attention } = desk.view;
  if (!attention) return null;
  const { attentionId, helps, adopts } = attention;
  const actions = helps.filter((help): help is AttentionAction => help !== 'correct');
  return (
    <MessageForm {...desk} message="resolveAttention" isSigned hidden={{ attentionId }} class="decide">
      <fieldset>
        <legend>What to do about it</legend>
        {actions.map((action) => (
          <label class="choice">
            <input type="radio" name="action" value={action} required /> {ACTIONS[action]}
          </label>
        ))}
      </fieldset>
      {actions.includes('adopt') &&
        adopts.map((name) => (
          <label>
            {plain(name)}, to take over
            <input name={adoptField(name)} maxLength={200} autocomplete="off" />
          </label>
        ))}
      <label>
        Reason
        <textarea name="reason" rows={2} maxLength={4000}></textarea>
      </label>
      <p>
        <button class="main">Settle</button> <BySigning {...desk} />
      </p>
    </MessageForm>
  );
}

/** Who has the case, and what operators tell each other. */
export function HandlingForms({ desk }: { desk: Desk }) {
  const { assignee, outcome, waitingOn } = desk.view;
  if (outcome) return null;
  const isMine = assignee === desk.signing.operator;
  return (
    <>
      {(assignee === null || isMine) && (
        <MessageForm {...desk} message={isMine ? 'release' : 'claim'}>
          <button>{isMine ? 'Give it back' : 'Take it'}</button>
        </MessageForm>
      )}
      <details>
        <summary>Note for other operators</summary>
        <MessageForm {...desk} message="note">
          <label>
            Note
            <textarea name="text" rows={2} maxLength={2000} required></textarea>
          </label>
          <button>Leave the note</button>
        </MessageForm>
      </details>
      {waitingOn?.dueAt && (
        <details>
          <summary>More time</summary>
          <MessageForm {...desk} message="extend">
            <label>
              Due at the end of
              <input type="date" name="until" required />
            </label>
            <label>
              Reason
              <textarea name="reason" rows={2} maxLength={4000} required></textarea>
            </label>
            <button>Give more time</button>
          </MessageForm>
        </details>
      )}
    </>
  );
}
