import { canonicalJson } from './canonical.js';
import { correct } from './correction.js';
import { ownershipHashOf } from './ownership.js';
import type { LifecycleState } from './case-state.js';
import { documentFault, lackingDocuments } from './document-rules.js';
import { accept, refuse, type LifecycleMessage } from './messages.js';
import { addCorrector, addEvidence, changeOwnership, isFull } from './review-evidence.js';
import { isTooWeak, TOO_WEAK_FAULT } from './proof-rules.js';
import { isDue, keep } from './review.js';
import type { Rules } from './rulings.js';
import { isSealedText } from './sealed.js';
import { judged } from './verdicts.js';

/** What the messages do that only a lifecycle accepts. */
export const LIFECYCLE_RULES: Rules<LifecycleState, LifecycleMessage> = {
  submitDocuments: (state, { submittedBy, documents }) => {
    if (isFull(state.review, documents.length)) return [{}, refuse('NotAllowed', 'the case has too many documents')];
    const fault = documentFault(state, documents);
    if (fault !== undefined) return [{}, refuse('NotAllowed', fault)];
    const review = addEvidence(state.review, documents, submittedBy);
    const added = review.evidence.length - state.review.evidence.length;
    const lacking = review.stage === 'collecting' ? lackingDocuments({ ...state, review }) : [];
    const missing = lacking.map(({ text }) => text).join('; ');
    const still = missing && `; still missing: ${missing}`;
    if (added === 0) return [{}, refuse('NotAllowed', `the case already has these documents${still}`)];
    return [{ review }, accept('applied', `${added} new documents for round ${review.round}${still}`)];
  },

  acceptConsents: (state, evidence) =>
    state.consents && canonicalJson(state.consents) !== canonicalJson(evidence)
      ? [{}, refuse('NotAllowed', 'the consents were already given')]
      : [{ consents: evidence }, accept('applied', 'consents recorded')],

  submitActivationCode: (_state, { code }) =>
    isSealedText(code)
      ? [
          { activationCode: code },
          accept('applied', 'activation code accepted; FinHub checks it, and the status shows the result'),
        ]
      : [{}, refuse('UnsealedSecret', 'the code was not sealed; send it with the client library or the starter')],

  decideVerification: (state, decision, given) => {
    const sent = { decision, proof: given.envelope };
    if (given.proof && !decision.subject) return [{}, NO_SUBJECT];
    const fault = documentFault(state, decision.documents ?? []);
    if (fault !== undefined) return [{}, refuse('NotAllowed', fault)];
    if (!isDue(state.review, decision)) {
      const { review, answer } = keep(state.review, sent);
      return [{ review }, answer];
    }
    if (state.review.rules && isTooWeak(given.proof, state.review.rules)) return [{}, TOO_WEAK];
    return judged(state, { ...sent, evidenceHash: decision.evidenceHash }, given);
  },

  correctApplication: (state, correction, given) => {
    if ('password' in correction.patch && !isSealedText(correction.patch['password'])) {
      return [
        {},
        refuse('UnsealedSecret', 'the password was not sealed; send it with the client library or the starter'),
      ];
    }
    const { changes, answer } = correct(state, correction, given.checked);
    if (!answer.accepted) return [{}, answer];
    const review = addCorrector(state.review, correction.correctedBy);
    return [
      {
        ...changes,
        review: changeOwnership(review, ownershipHashOf(changes.application!)),
        startedWith: state.startedWith ?? state.application,
        corrections: [...state.corrections, { body: correction, proof: given.envelope }],
        searchTokens: given.checked?.searchTokens,
      },
      answer,
    ];
  },
};

const TOO_WEAK = refuse('ProofInvalid', TOO_WEAK_FAULT);

const NO_SUBJECT = refuse(
  'ProofInvalid',
  'a signed decision must name its `subject`, with customerId and verificationId as the case shows them',
);
