import { randomUUID } from 'node:crypto';
import type { ComponentChildren } from 'preact';
import type { ShownCase } from '../client/index.js';
import type { FormMessage } from './message-forms.js';

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

/** What every form of a case's page needs. */
export interface Desk {
  view: ShownCase;
  signing: Signing;
  csrf: string;
}

interface Shown extends Desk {
  message: FormMessage;
  /** Whether the operator's passkey signs what the form holds. */
  isSigned?: boolean;
  hidden?: Record<string, string | number>;
  class?: string;
  children: ComponentChildren;
}

/** A form that sends a message to the case. Sent twice, it is one message. */
export function MessageForm({ view, signing, csrf, message, isSigned = false, hidden = {}, ...rest }: Shown) {
  const fields = { csrf, message, messageId: randomUUID(), ...(isSigned && { proof: '' }), ...hidden };
  return (
    <form
      class={rest.class}
      method="post"
      action={`/console/cases/${view.kind}/${view.applicationId}/messages`}
      data-signing={isSigned ? JSON.stringify(signing) : undefined}
    >
      {Object.entries(fields).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      {rest.children}
      {isSigned && <p role="status"></p>}
    </form>
  );
}

/** What becomes of a form without a passkey. */
export function BySigning({ signing: { credentialIds } }: Pick<Desk, 'signing'>) {
  return (
    <span class="soft">
      {credentialIds.length > 0
        ? 'Your passkey signs exactly this.'
        : 'You have no passkey here: where this must be signed, make one first (Keys), or use a key file.'}
    </span>
  );
}
