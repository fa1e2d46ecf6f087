import type { CaseState } from './case-state.js';
import type { MessageName, Refusal } from './messages.js';
import type { CaseKind, LifecycleKind } from './phases.js';

/** The stages of a case, as far as messages matter: before and in a review round, decided, active, ended. */
export const STAGES = ['collecting', 'inReview', 'decided', 'active', 'ended'] as const;
export type Stage = (typeof STAGES)[number];

/** What happens to a message at a stage: taken, kept until its time comes, or refused. */
export type Admission = 'taken' | 'kept' | Refusal;

const ALWAYS: Record<Stage, Admission> = {
  collecting: 'taken',
  inReview: 'taken',
  decided: 'taken',
  active: 'taken',
  ended: 'AlreadyFinal',
};

const NEVER: Record<Stage, Admission> = {
  collecting: 'NotAllowed',
  inReview: 'NotAllowed',
  decided: 'NotAllowed',
  active: 'NotAllowed',
  ended: 'AlreadyFinal',
};

/** The first rule for every message of a lifecycle; its content may lead to other refusals. `docs/reference/states.md` is generated from this. */
export const ADMISSION: Record<MessageName, Record<Stage, Admission>> = {
  submitDocuments: { ...ALWAYS, inReview: 'NotAllowed', decided: 'AlreadyDecided', active: 'AlreadyDecided' },
  acceptConsents: { ...ALWAYS, collecting: 'kept', inReview: 'kept', active: 'NotAllowed' },
  submitActivationCode: { ...ALWAYS, collecting: 'kept', inReview: 'kept', active: 'NotAllowed' },
  decideVerification: { ...ALWAYS, collecting: 'kept', decided: 'AlreadyDecided', active: 'AlreadyDecided' },
  correctApplication: ALWAYS,
  resolveAttention: ALWAYS,
  claim: ALWAYS,
  release: ALWAYS,
  assign: ALWAYS,
  note: ALWAYS,
  viewDocument: ALWAYS,
  extend: ALWAYS,
  decideTransfer: NEVER,
  confirmTransfer: NEVER,
  addBeneficiary: NEVER,
  removeBeneficiary: NEVER,
  makePaymentConsent: NEVER,
  revokePaymentConsent: NEVER,
  cancel: ALWAYS,
};

/** Messages by which operators, and only they, handle a case of any kind. */
export const HANDLING = ['resolveAttention', 'claim', 'release', 'assign', 'note', 'viewDocument'] as const;

/** Messages that only an operator of the tenant may send; the review has its own rules for decisions. */
export const OPERATORS_ONLY: ReadonlySet<MessageName> = new Set([...HANDLING, 'extend']);

/** The messages that cases without a review accept while they run. */
const TAKEN: Record<Exclude<CaseKind, LifecycleKind>, ReadonlySet<MessageName>> = {
  transfer: new Set([...HANDLING, 'extend', 'decideTransfer', 'confirmTransfer', 'cancel']),
  customer: new Set([
    ...HANDLING,
    ...(['addBeneficiary', 'removeBeneficiary', 'makePaymentConsent', 'revokePaymentConsent'] as const),
    'cancel',
  ]),
  call: new Set([...HANDLING, 'cancel']),
};

/** The first rule for a message to this case. */
export function admissionOf(state: CaseState, name: MessageName): Admission {
  const { kind, outcome } = state;
  if (kind === 'individual' || kind === 'organization') return ADMISSION[name][stageOf(state)];
  if (outcome) return 'AlreadyFinal';
  return TAKEN[kind].has(name) ? 'taken' : 'NotAllowed';
}

export function stageOf(state: CaseState): Stage {
  if (state.outcome) return 'ended';
  if (state.finhub.facts.includes('accountActive')) return 'active';
  const { stage } = state.review;
  return stage === 'approved' || stage === 'rejected' ? 'decided' : stage;
}

/** The answer of a lifecycle whose stage refuses a message. */
export const STAGE_REFUSALS: Record<Stage, string> = {
  collecting: 'documents are being collected',
  inReview: 'the round is in review; documents are taken when they are asked for',
  decided: 'the review is decided',
  active: 'the account is active',
  ended: 'the case has ended',
};

/** Why a message is refused without looking at its content. */
export function refusalDetail(state: CaseState): string {
  if (!state.outcome && state.kind === 'transfer') return 'a transfer does not accept this message';
  if (!state.outcome && state.kind === 'customer') return "a customer's case does not accept this message";
  if (!state.outcome && state.kind === 'call') return 'a call by hand does not accept this message';
  return STAGE_REFUSALS[stageOf(state)];
}
