import { canonicalJson } from './canonical.js';
import type { Message, MessageName } from './messages.js';
import type { OperatorLevel, ReviewRules } from './policy.js';
import { isSealedText } from './sealed.js';
import { sha256 } from './sha256.js';

/** Whose key signs: an operator's own, or that of a program which says who sent the message. */
export const SIGNER_ROLES = ['operator', 'client', 'gateway'] as const;
export type SignerRole = (typeof SIGNER_ROLES)[number];

/** A verified envelope: who signed, and for whom. */
export interface VerifiedProof {
  signerId: string;
  role: SignerRole;
  level?: OperatorLevel | undefined;
  kid: string;
  messageId: string;
  /** The sender; in an operator's own envelope, the operator. */
  actor: string;
  /** The program that a gateway signed for. */
  caller?: string | undefined;
  /** ISO 8601. */
  at: string;
  /** Hash of the signers file it was verified with. */
  signers: string;
  /** What signed; a synced passkey may be on several devices of its owner. */
  means: 'keyFile' | 'passkey' | 'syncedPasskey';
}

export type ProofFault =
  | 'missing'
  | 'malformed'
  | 'unknownKey'
  | 'keyNotValid'
  | 'badSignature'
  | 'fromTheFuture'
  | 'otherTenant'
  | 'otherPlace'
  | 'otherContent'
  | 'otherActor'
  | 'otherOrigin'
  | 'userNotVerified';

/** The result of checking an envelope. */
export type Verified = { ok: true; proof: VerifiedProof } | { ok: false; fault: ProofFault };

export const PROOF_FAULTS: Record<ProofFault, string> = {
  missing: 'it has no proof; sign it with a key of the signers file (SIGNING_KEY_FILE, or --key)',
  malformed: 'its proof is not one of our envelopes',
  unknownKey: 'its proof names a key that the signers file does not have',
  keyNotValid: 'its key was not valid then, is not now, or was revoked',
  badSignature: 'its signature is invalid',
  fromTheFuture: 'it was signed ahead of time; check the clock',
  otherTenant: 'its signer does not sign for this tenant',
  otherPlace: 'it was signed for another case, message or environment, or before the case was restarted',
  otherContent: 'it was signed for other content',
  otherActor: 'its signer is not its sender',
  otherOrigin: "its passkey was used on another page than the console's",
  userNotVerified: 'its passkey did not verify who used it (by a PIN, a finger or a face)',
};

/** The proof that a message needs: any signer's, or the operator's own. */
export type ProofNeeded = 'submitter' | 'own';

export function proofNeeded(message: Pick<Message, 'name' | 'body'>): ProofNeeded {
  if (message.name === 'decideVerification') return 'own';
  if (message.name !== 'resolveAttention') return 'submitter';
  const { action, attentionId } = message.body as { action: string; attentionId: string };
  return action === 'adopt' || action === 'skip' || attentionId.startsWith(SECOND_PERSON) ? 'own' : 'submitter';
}

/** Prefix of the id of the attention that asks a second operator to agree to a call. */
export const SECOND_PERSON = 'secondPerson';

/** Why a verified envelope is not enough; undefined if it is. A program can never sign as an operator. */
export function insufficient(
  needed: ProofNeeded,
  { role, signerId, actor }: VerifiedProof,
  sender: string | undefined,
): ProofFault | undefined {
  if (needed === 'own' && (role !== 'operator' || signerId !== sender)) return 'otherActor';
  return role === 'operator' && actor !== signerId ? 'otherActor' : undefined;
}

/** Whether a decision is signed by less than the rules of its risk ask for. */
export function isTooWeak(
  proof: Pick<VerifiedProof, 'means'> | undefined,
  { syncedPasskeys }: Pick<ReviewRules, 'syncedPasskeys'>,
): boolean {
  return syncedPasskeys === 'refuse' && proof?.means === 'syncedPasskey';
}

export const TOO_WEAK_FAULT = 'at this risk a decision takes a passkey that is on one device only, or a key file';

/** SHA-256 of a message's body in canonical form, hex; the envelope signs it. */
export function bodyHash(body: unknown): string {
  return sha256(canonicalJson(body));
}

/** What a start signs: the subject with a hash in place of each sealed text, so that others can check it later. */
export function startBody(subject: unknown): unknown {
  if (typeof subject === 'string') return isSealedText(subject) ? `sha256:${sha256(subject)}` : subject;
  if (Array.isArray(subject)) return subject.map(startBody);
  if (typeof subject !== 'object' || subject === null) return subject;
  return Object.fromEntries(Object.entries(subject).map(([name, part]) => [name, startBody(part)]));
}

/** Prefix of the outcome's reason if a start has no valid proof. The case did nothing, so it may be resumed. */
export const START_NOT_PROVED = 'the start is not proved';

/** The message name in the envelope of a start. */
export const START = 'start';

/** The proof beside a message's own fields; undefined if there is none. */
export function proofOf(value: unknown): string | undefined {
  const proof = typeof value === 'object' && value !== null ? (value as { proof?: unknown }).proof : undefined;
  return typeof proof === 'string' && proof.length <= MAX_PROOF ? proof : undefined;
}

const MAX_PROOF = 4000;

/** The id beside a message's own fields that identifies it, for senders that do not sign; an envelope has its own. */
export function messageIdOf(value: unknown): string | undefined {
  const id = typeof value === 'object' && value !== null ? (value as { messageId?: unknown }).messageId : undefined;
  return typeof id === 'string' && id.length > 0 && id.length <= MAX_MESSAGE_ID ? id : undefined;
}

const MAX_MESSAGE_ID = 200;

export type Signable = MessageName | typeof START;
