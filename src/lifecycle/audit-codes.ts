import type { AuditCode } from './audit-events.js';

const MESSAGE = 'a message came; the data says what it was answered';

/** What each code of the audit means, in the order of the pages that list them. */
export const AUDIT_CODES: Record<AuditCode, string> = {
  started: 'the case began, by the policy of this version',
  phaseStarted: 'a phase began',
  phaseEnded: 'a phase is completed or was skipped',
  ended: 'the case ended',
  deadlinePassed: 'a reminder, a due time, an escalation or the expiry of a wait',

  submitDocuments: MESSAGE,
  acceptConsents: MESSAGE,
  submitActivationCode: MESSAGE,
  decideVerification: MESSAGE,
  correctApplication: MESSAGE,
  resolveAttention: MESSAGE,
  claim: MESSAGE,
  release: MESSAGE,
  assign: MESSAGE,
  note: MESSAGE,
  viewDocument: MESSAGE,
  extend: MESSAGE,
  decideTransfer: MESSAGE,
  confirmTransfer: MESSAGE,
  cancel: MESSAGE,
  messageTurnedAway:
    'a message that could not be read, lacked proof, or had been taken before; of a flood, only some are recorded',
  unknownMessage: 'a message of a name that does not exist',

  roundOpened: 'a review round opened on this evidence',
  keptDecision: 'a decision that came early was judged when its round opened',
  decisionVoid: 'decisions stopped counting before FinHub was told; the round is open again',
  seenAtFinHub: "somebody decided in FinHub's portal",
  documentsUnknown: 'FinHub asks for types of documents that we do not know',
  requirementsUnknown: "FinHub did not say which documents it asks for; the policy's own list holds",
  riskProhibited: 'the risk is one whose customers are not taken on',

  needsAttention: 'a call or a check was put before a person',
  attentionResolved: 'a person or a correction said how to go on',
  triedAgain: 'a call was settled after slow tries that were unclear or refused',
  adopted: 'a result was found at FinHub and taken over; nothing was made again',
  adoptedUnseen: 'ids that FinHub does not show count, since a person gave them twice',
  adoptionRefused: 'ids that a person gave do not count',

  activatedElsewhere: "the customer was activated on FinHub's pages or in its portal",
  activationCodeRefused: 'FinHub refused the activation code',
  allowedOperations: 'what the new account may do',
  sessionLeftOpen: "the customer's session could not be closed; it ends by itself",

  beneficiaryLeftOut: 'an operator left out a flagged beneficiary',
  transferLeftOut: 'the first transfer was left out, since its beneficiary was',
  transferJoined: 'somebody had started the first transfer already; the case follows it',
  transferEnded: 'the first transfer ended',
  orderRead: 'an order was read back after an unclear try to execute it',
  orderLapsed: 'a prepared order lapsed without being executed',
  orderSettled: 'an order is completed or failed',
  notHandedOver: "the customer's case has ended and took nothing",
  handedOver: 'beneficiaries and a payment consent were taken over from the onboarding',
  handOverRefused: 'a payment consent was not taken over',
  handOverMalformed: 'a hand-over could not be read',
  paymentConsentRenewed: 'the payment consent was renewed before it ended',
  renewalNeedless: 'a renewal was dropped, since another payment consent came',

  callAsked: 'an operator asked for a call by hand',
  callPermitted: 'the operator may make the call',
  secondPersonAgreed: 'a second operator agreed to the call',
  secondPersonRefused: 'somebody agreed who may not',

  documentsKept: 'the deletion of the documents is planned',
  documentsKeptLonger: 'the store keeps the documents longer than planned',
  documentsDeleted: 'the documents were deleted',
  documentsOfOthersLeftAlone: 'documents of another case were not deleted',
  documentsNotDeleted: 'the store has refused to delete the documents for a day',
  replanRefused: 'a new plan of deletion could not be taken',
};
