import { idsText, whyNotAdopted } from './adoption.js';
import type { AnswerData, AuditCode, AuditData, AuditEvent, DecisionData } from './audit-events.js';

/**
 * An event of the audit in English; undefined if its code says everything. An event from a newer release is shown by its data.
 */
export function auditText({ event, data }: AuditEvent): string | undefined {
  const textOf = TEXTS[event] as ((data: AuditData[AuditCode]) => string | undefined) | undefined;
  return textOf ? textOf(data) : JSON.stringify(data);
}

const ACCEPTED: ReadonlySet<string> = new Set(['kept', 'recorded', 'applied']);

function answerText({ answer, said, reason }: AnswerData): string {
  const what = ACCEPTED.has(answer) ? `${answer}: ${said}` : `refused, ${answer}: ${said}`;
  return reason === undefined ? what : `${what} (${reason})`;
}

function decisionText({ decisionId, level, evidenceHash, ...answer }: DecisionData): string {
  const onRecord = [
    `decision ${decisionId}`,
    level && `at level ${level}`,
    evidenceHash && `evidence ${evidenceHash}`,
  ].filter(Boolean);
  return [answerText(answer), ...onRecord].join('; ');
}

const inAllText = (inAll: number | undefined): string => (inAll === undefined ? '' : ` (${inAll} in all)`);
const untilText = ({ until }: { until: string }): string => `until ${until}`;
const listText = ({ documents }: { documents: string[] }): string => documents.join(', ');
const failureText = ({ failure }: { failure: string }): string => failure;
const operationText = ({ operation }: { operation: string }): string => operation;
const nothing = (): undefined => undefined;

type Texts = { [Code in AuditCode]: (data: AuditData[Code]) => string | undefined };

const TEXTS: Texts = {
  submitDocuments: answerText,
  acceptConsents: answerText,
  submitActivationCode: answerText,
  decideVerification: decisionText,
  correctApplication: answerText,
  resolveAttention: answerText,
  claim: answerText,
  release: answerText,
  assign: answerText,
  note: answerText,
  viewDocument: answerText,
  extend: answerText,
  decideTransfer: answerText,
  confirmTransfer: answerText,
  addBeneficiary: answerText,
  removeBeneficiary: answerText,
  makePaymentConsent: answerText,
  revokePaymentConsent: answerText,
  cancel: answerText,
  messageTurnedAway: ({ message, refusal, why, inAll }) => `${message}, ${refusal}: ${why}${inAllText(inAll)}`,
  unknownMessage: ({ message, inAll }) => message + inAllText(inAll),

  started: ({ policy }) => `policy ${policy}`,
  phaseStarted: nothing,
  phaseEnded: ({ result }) => result,
  ended: ({ result }) => result,
  deadlinePassed: ({ deadline }) => deadline,

  roundOpened: ({ round, level, quorum, dueAt, evidenceHash, submitters }) =>
    `round ${round}: ${level}, quorum ${quorum}, due ${dueAt ?? 'never'}; evidence ${evidenceHash}; submitted by ${submitters.join(', ')}`,
  keptDecision: decisionText,
  decisionVoid: ({ why }) => why,
  seenAtFinHub: ({ verdict, adopted }) =>
    adopted ? `${verdict} in FinHub's portal` : `${verdict}, held until our operators have decided`,
  documentsUnknown: ({ types }) => types.join(', '),
  requirementsUnknown: failureText,
  riskProhibited: () => 'customers with this risk are not accepted',

  needsAttention: ({ operation, failure }) => `${operation}: ${failure}`,
  attentionResolved: ({ action }) => action,
  triedAgain: ({ call, tries }) => `${call}: succeeded at try ${tries}; earlier ones were unclear or refused`,
  adopted: ({ operation, proof }) => `${operation}: ${proof}`,
  adoptedUnseen: ({ operation, ids }) => `${operation}: ${idsText(ids)}, which FinHub does not show, given twice`,
  adoptionRefused: ({ operation, ids, sight }) => `${operation}: ${whyNotAdopted(sight, ids)}`,

  activatedElsewhere: nothing,
  activationCodeRefused: ({ said }) => said,
  allowedOperations: ({ operations }) => operations.join(', '),
  sessionLeftOpen: failureText,

  beneficiaryLeftOut: ({ beneficiary }) => beneficiary,
  transferLeftOut: ({ reference, beneficiary }) => `${reference}: beneficiary "${beneficiary}" was left out`,
  transferJoined: ({ transfer }) => transfer,
  transferEnded: ({ reference, result }) => `${reference}: ${result}`,
  orderRead: ({ order, status, failure, step }) => `${order}: ${status ?? 'not found'} after ${failure}, so ${step}`,
  orderLapsed: ({ reference, orderId }) => `${reference}: ${orderId} was not executed; it is prepared again`,
  orderSettled: ({ reference, status, reason }) => `${reference}: ${status}${reason ? ` (${reason})` : ''}`,
  notHandedOver: ({ customer }) => customer,
  handedOver: ({ beneficiaries, consentId, until }) =>
    [beneficiaries.join(', '), consentId && `payment consent ${consentId}, valid until ${until}`]
      .filter(Boolean)
      .join('; '),
  handOverRefused: ({ consentId, why }) => `${consentId} ${HAND_OVER_REFUSALS[why]}`,
  handOverMalformed: ({ why }) => why,
  paymentConsentMade: ({ consentId, until }) => `${consentId}, valid until ${until}`,
  paymentConsentRevoked: ({ consentId }) => consentId,
  requestSettled: ({ request, name, result }) => `${request} (${name}): ${result === 'done' ? 'done' : 'left out'}`,
  paymentConsentRenewed: ({ until }) => `valid until ${until}`,
  renewalNeedless: ({ consentId }) => `another payment consent came in place of ${consentId}`,

  callAsked: ({ operation, reason }) => `${operation}: ${reason}`,
  callPermitted: nothing,
  secondPersonAgreed: operationText,
  secondPersonRefused: operationText,

  documentsKept: untilText,
  documentsKeptLonger: untilText,
  documentsDeleted: listText,
  documentsOfOthersLeftAlone: listText,
  documentsNotDeleted: () => 'the store has refused for a day; we try again',
  replanRefused: () => 'it is not a plan for the documents of this case',
};

const HAND_OVER_REFUSALS: Record<AuditData['handOverRefused']['why'], string> = {
  otherApplication: 'belongs to another application',
  ended: 'was revoked or replaced since',
  renewalBegun: 'ends on a day whose renewal has begun',
};
