import { canonicalJson } from '../../lifecycle/canonical.js';
import { base64url, hex, sha256 } from './bytes.js';

const form = document.querySelector<HTMLFormElement>('form.enrol');
if (form) form.addEventListener('submit', (event) => void make(event, form));

/** Makes a passkey for this page's host, and shows the entry that the signers file takes. Nothing is sent. */
async function make(event: SubmitEvent, from: HTMLFormElement): Promise<void> {
  event.preventDefault();
  const status = from.querySelector('[role=status]')!;
  try {
    status.textContent = 'Your device is asked for a passkey.';
    const entry = await passkeyOf(from.dataset['operator'] ?? '');
    const text = JSON.stringify(entry, undefined, 2);
    document.querySelector('#entry')!.textContent = text;
    document.querySelector('#fingerprint')!.textContent = hex(await sha256(canonicalJson(entry))).slice(0, 16);
    document.querySelector<HTMLElement>('#made')!.hidden = false;
    status.textContent = 'Made.';
  } catch (error) {
    status.textContent = `Nothing was made: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** By COSE's numbers, the best first. */
const ALGORITHMS = new Map<number, AlgorithmIdentifier | EcKeyImportParams | RsaHashedImportParams>([
  [-8, { name: 'Ed25519' }],
  [-7, { name: 'ECDSA', namedCurve: 'P-256' }],
  [-257, { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }],
]);

async function passkeyOf(operator: string): Promise<object> {
  const credential = (await navigator.credentials.create({
    publicKey: {
      rp: { id: location.hostname, name: 'FinHub onboarding' },
      user: { id: await sha256(operator), name: operator, displayName: operator },
      // Nobody checks the registration itself: a second operator vouches for the key.
      challenge: crypto.getRandomValues(new Uint8Array(32)),
      pubKeyCredParams: [...ALGORITHMS.keys()].map((alg) => ({ type: 'public-key', alg })),
      authenticatorSelection: { userVerification: 'required', residentKey: 'preferred' },
      attestation: 'none',
    },
  })) as PublicKeyCredential;
  const response = credential.response as AuthenticatorAttestationResponse;
  const algorithm = ALGORITHMS.get(response.getPublicKeyAlgorithm())!;
  const key = await crypto.subtle.importKey('spki', response.getPublicKey()!, algorithm, true, ['verify']);
  const { alg: _alg, ext: _ext, key_ops: _ops, ...publicKey } = await crypto.subtle.exportKey('jwk', key);
  return { credentialId: base64url(credential.rawId), publicKey, origin: location.origin };
}
