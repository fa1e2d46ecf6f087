import { canonicalJson } from '../../lifecycle/canonical.js';
import { challengeText, PASSKEY_PREFIX } from '../../proof/passkey-claims.js';
import { messageOf } from '../message-forms.js';
import { base64url, fromBase64url, hex, sha256 } from './bytes.js';

/** What the page says of the case and of who speaks; the message itself is what the form shows. */
interface Signing {
  audience: string;
  tenant: string;
  workflowId: string;
  instance: string;
  operator: string;
  /** The operator's passkeys. */
  credentialIds: string[];
}

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-signing]'))
  form.addEventListener('submit', (event) => void submit(event, form));

/** Signs what the form shows by the operator's passkey, then lets the form go. */
async function submit(event: SubmitEvent, from: HTMLFormElement): Promise<void> {
  const signing = JSON.parse(from.dataset['signing'] ?? '{}') as Signing;
  if (signing.credentialIds.length === 0) return;
  event.preventDefault();
  const button = from.querySelector('button')!;
  button.disabled = true;
  say(from, 'Your passkey is asked for.');
  try {
    const fields = Object.fromEntries(Array.from(new FormData(from), ([name, value]) => [name, value as string]));
    from.querySelector<HTMLInputElement>('input[name=proof]')!.value = await proofOf(fields, signing);
    from.submit();
  } catch (error) {
    button.disabled = false;
    say(from, `Nothing was sent: ${said(error)}.`);
  }
}

async function proofOf(fields: Record<string, string>, { credentialIds, ...signing }: Signing): Promise<string> {
  const { name, body } = messageOf(fields, signing.operator)!;
  const claims = canonicalJson({
    ...{ aud: signing.audience, tenant: signing.tenant, workflowId: signing.workflowId, instance: signing.instance },
    ...{ message: name, id: fields['messageId'], actor: signing.operator, signer: signing.operator },
    bodyHash: hex(await sha256(canonicalJson(body))),
    iat: new Date().toISOString(),
  });
  const credential = (await navigator.credentials.get({
    publicKey: {
      challenge: await sha256(challengeText(claims)),
      rpId: location.hostname,
      allowCredentials: credentialIds.map((id) => ({ type: 'public-key', id: fromBase64url(id) })),
      userVerification: 'required',
    },
  })) as PublicKeyCredential;
  const { authenticatorData, clientDataJSON, signature } = credential.response as AuthenticatorAssertionResponse;
  const assertion = {
    ...{ credentialId: credential.id, claims, authenticatorData: base64url(authenticatorData) },
    ...{ clientDataJSON: base64url(clientDataJSON), signature: base64url(signature) },
  };
  return PASSKEY_PREFIX + base64url(new TextEncoder().encode(JSON.stringify(assertion)).buffer);
}

function say(from: HTMLFormElement, text: string): void {
  from.querySelector('[role=status]')!.textContent = text;
}

function said(error: unknown): string {
  if (error instanceof DOMException && error.name === 'NotAllowedError') {
    return 'no passkey answered, or you said no';
  }
  return error instanceof Error ? error.message : String(error);
}
