import type { CaseState } from './case-state.js';
import type { MessageName, Refusal } from './messages.js';

/** Where a case stands, as far as messages go: before and in a review round, decided, active, over. */
export const STAGES = ['collecting', 'inReview', 'decided', 'active', 'ended'] as const;
export type Stage = (typeof STAGES)[number];

/** What becomes of a message at a stage: taken, kept until its time comes, or refused. */
export type Fate = 'taken' | 'kept' | Refusal;

const ALWAYS: Record<Stage, Fate> = {
  collecting: 'taken',
  inReview: 'taken',
  decided: 'taken',
  active: 'taken',
  ended: 'AlreadyFinal',
};

/** The first rule for every message; what else may refuse it depends on its content. `docs/states.md` is made from this. */
export const FATES: Record<MessageName, Record<Stage, Fate>> = {
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
  extend: ALWAYS,
  cancel: ALWAYS,
};

export function stageOf(state: CaseState): Stage {
  if (state.outcome) return 'ended';
  if (state.finhub.facts.includes('accountActive')) return 'active';
  const { stage } = state.review;
  return stage === 'approved' || stage === 'rejected' ? 'decided' : stage;
}

/** Why a message is refused outright at a stage. */
export function refusalDetail(stage: Stage): string {
  return {
    collecting: 'documents are being collected',
    inReview: 'the round is in review; documents are taken when they are asked for',
    decided: 'the review was decided',
    active: 'the account is active',
    ended: 'the lifecycle has ended',
  }[stage];
}
