import type { FAILURES } from './failures.js';
import type { AttentionAction } from './messages.js';
import type { PaymentObstacle } from './payment-checks.js';

/** What gets a case going again: one of the actions of `resolve`, or a correction of the application. */
export type Help = 'correct' | AttentionAction;

/** What is known of one reason why a case needs a person. */
interface Cause {
  /** What helps, the most likely first. Whatever else is possible comes after it. */
  helps: readonly Help[];
  /** For a backend and whoever it shows it to: no ids, nothing of a suspicion. */
  reason: string;
  /** For an operator: what to do, and where. */
  advice: string;
  /** The part of the application that a correction is about, where the failure alone tells. */
  part?: string;
}

/** Failures of phases and transfers, beside those of calls. */
type OwnFailure =
  | 'SharesIncomplete'
  | 'VerdictContradicts'
  | 'NotReadyForActivation'
  | 'PrerequisiteMissing'
  | 'TransferConflict'
  | 'OrderState'
  | 'SecondPersonNeeded'
  | 'Unanswered';

type Failure = (typeof FAILURES)[keyof typeof FAILURES] | OwnFailure | PaymentObstacle;

const AWAY: Cause = {
  helps: ['retry'],
  reason: 'FinHub has not been available for a day',
  advice: 'see whether FinHub works again, then retry',
};

/** With one cause for many cases: calls pause and are made again by themselves. */
const PAUSED: Cause = {
  helps: ['retry'],
  reason: 'the service is being put right',
  advice:
    "nothing to do in the case: it goes on by itself once the cause is gone, which the worker's alarm and `npm run doctor` name",
};

const CORRECT: Cause = {
  helps: ['correct', 'retry'],
  reason: 'FinHub does not accept something that the application says',
  advice: 'have the application corrected; the call is then made again with it',
};

const CONSENT: Cause = {
  helps: ['retry', 'abort'],
  reason: 'the payment consent does not allow the payment',
  advice:
    "have a payment consent made (`starter make-payment-consent`), or look at the customer's case, whose renewal may need attention; then retry",
};

/** What helps against each failure. The type keeps it complete. */
const CAUSES: Record<Failure, Cause> = {
  FinHubInvalidRequest: CORRECT,
  CategorizationInvalid: {
    ...CORRECT,
    reason: "the category does not fit FinHub's hierarchy",
    advice: 'have `categorization` corrected; it is then looked up again',
    part: 'categorization',
  },
  RiskProhibited: {
    helps: ['abort'],
    reason: 'the application cannot be accepted',
    advice:
      "FinHub's hierarchy has the category as PROHIBITED: nobody is registered in it; choose another one or abort",
  },
  SharesIncomplete: {
    ...CORRECT,
    reason: 'the ownership is not complete: shares do not add up to 100 %, or a company does not say who owns it',
    advice: "have `shareholders` corrected, all of them; FinHub's records follow",
    part: 'shareholders',
  },
  FinHubConflict: {
    helps: ['adopt', 'correct', 'abort'],
    reason: 'FinHub knows somebody with the same data already',
    advice: "look in FinHub's Admin Portal: adopt the ids if it is this customer's, else have it corrected or abort",
  },
  FinHubUnclear: {
    helps: ['adopt', 'retry'],
    reason: 'whether FinHub has carried out a step is not known yet',
    advice: "look in FinHub's Admin Portal: adopt what is there, retry if it is not there",
  },
  FinHubUnauthorized: {
    helps: ['retry'],
    reason: 'FinHub does not let us in at the moment',
    advice:
      'put right the password that FinHub refuses (FINHUB_ADMIN_…, FINHUB_POWER_TENANT_…, or the customer has changed theirs), restart the workers or wait for half an hour, then retry; `resolve --cause FinHubUnauthorized` settles all such cases',
  },
  FinHubForbidden: {
    helps: ['retry'],
    reason: 'FinHub does not allow us a step at the moment',
    advice:
      'have it enabled at FinHub, or give the workers the credentials it takes (FINHUB_POWER_TENANT_…), then retry; abort the case of another tenant, and start it where that tenant is served',
  },
  FinHubNotFound: {
    helps: ['retry', 'abort'],
    reason: 'FinHub no longer knows something that the case is about',
    advice: "restore it in FinHub's Admin Portal, then retry",
  },
  RequestUnsendable: {
    ...CORRECT,
    reason: 'the application holds something that cannot be sent',
    advice:
      'have it corrected: it holds what HTTP cannot carry, such as a user agent outside Latin-1; nothing was sent',
  },
  NotProved: {
    helps: ['retry', 'abort'],
    reason: 'a step waits for somebody who may ask for it',
    advice:
      'the message says whose proof is missing or does not hold; once the signers file is right, retry; what began without a proof never has one: abort, and start it again',
  },
  FinHubUnexpectedAnswer: {
    helps: ['retry'],
    reason: 'FinHub gave an answer that we do not understand',
    advice:
      'tell the developers: the answer does not fit its schema in src/finhub/catalogue/; retry once that is mended',
  },
  FinHubUnreachable: AWAY,
  FinHubLoginRefused: PAUSED,
  DocumentStoreUnavailable: PAUSED,
  KeyMissing: PAUSED,
  FinHubRateLimited: AWAY,
  FinHubUnavailable: AWAY,
  AwaitingFinHub: AWAY,
  DocumentUnavailable: {
    helps: ['retry'],
    reason: 'a document is not at hand',
    advice: "give the workers the starter's DOCUMENT_STORE and key ring, then retry",
  },
  VerdictContradicts: {
    helps: ['retry'],
    reason: 'the decision has not been carried out at FinHub yet',
    advice: "FinHub's portal says the opposite of what was decided here: settle it there, then retry, or abort",
  },
  NotReadyForActivation: {
    helps: ['retry'],
    reason: 'FinHub lacks something for the activation',
    advice: 'do at FinHub what the requirements name, in the portal or by hand (`operator call`), then retry',
  },
  PrerequisiteMissing: {
    helps: ['skip', 'retry'],
    reason: 'an earlier step was left out',
    advice:
      'what the requirements name was left out here, and doing it at FinHub does not tell the case: skip this phase too',
  },
  TransferConflict: {
    helps: ['skip', 'correct'],
    reason: "the first transfer's reference is in use already",
    advice: 'skip, and start the transfer under another reference (`starter transfer`)',
  },
  OrderState: {
    helps: ['retry'],
    reason: 'FinHub tells an unknown state of the order',
    advice: "look the order up in FinHub's portal; retry reads it again",
  },
  SecondPersonNeeded: {
    helps: ['retry', 'abort'],
    reason: 'another operator has to agree',
    advice: 'another POWER_TENANT operator agrees by retry; abort ends the call',
  },
  Unanswered: {
    helps: ['retry'],
    reason: 'an earlier question has no answer yet',
    advice: 'the audit says what was asked; retry asks FinHub again',
  },
  AccountUnknown: {
    helps: ['retry', 'abort'],
    reason: 'the account is not open for payments',
    advice:
      "check customerId and accountId against the onboarding's `status`: another account takes another reference, so abort; retry once the customer is active",
  },
  WalletNotActive: {
    helps: ['retry', 'abort'],
    reason: 'the wallet is not active',
    advice: 'have FinHub activate the wallet, then retry',
  },
  OperationNotAllowed: {
    helps: ['retry', 'abort'],
    reason: 'the account may not make transfers',
    advice: 'have FinHub allow the account transfers, then retry',
  },
  CurrencyMismatch: {
    helps: ['abort'],
    reason: 'the account is kept in another currency',
    advice: "abort, and start it under another reference in the account's currency",
  },
  BeneficiaryUnknown: {
    helps: ['retry', 'abort'],
    reason: 'the account has no such beneficiary',
    advice: 'have the beneficiary added to the customer (`starter add-beneficiary`), then retry',
  },
  BeneficiaryInactive: {
    helps: ['retry', 'abort'],
    reason: 'the beneficiary is not active',
    advice: 'have FinHub activate the beneficiary, then retry',
  },
  BeneficiaryFlagged: {
    helps: ['retry', 'abort'],
    // A screening is no business of the customer's.
    reason: 'the beneficiary cannot be used at the moment',
    advice: "FinHub's screening flagged the beneficiary: clear it with FinHub, then retry",
  },
  BeneficiaryNotAllowed: {
    helps: ['retry', 'abort'],
    reason: 'the payment consent names other beneficiaries',
    advice: 'have a payment consent made that names this one too (`starter make-payment-consent`), then retry',
  },
  ConsentMissing: CONSENT,
  ConsentNotActive: CONSENT,
  ConsentExpired: CONSENT,
  ConsentUsedUp: {
    helps: ['retry', 'abort'],
    reason: 'the payment consent is used up',
    advice: 'have the payment consent renewed (`starter make-payment-consent`), then retry',
  },
  LimitExceeded: {
    helps: ['retry', 'abort'],
    reason: 'the amount is beyond a limit',
    advice: 'retry when the day or month is over; beyond a limit per transaction: abort, and start smaller ones',
  },
  InsufficientFunds: {
    helps: ['retry', 'abort'],
    reason: 'the balance is not sufficient',
    advice: 'have the account funded, then retry; a reservation of our own whose answer was lost lapses by itself',
  },
};

/** What a failure that nobody listed looks like: a person finds out. */
const UNLISTED: Cause = {
  helps: ['retry'],
  reason: 'a step did not work',
  advice: 'the message says what went wrong; retry once it is mended',
};

/** Failures that are listed, for the pages that explain them. */
export const FAILURE_NAMES = Object.keys(CAUSES) as Failure[];

/** What is known of a failure, whether it is listed or not. */
export function causeOf(failure: string): Cause {
  return Object.hasOwn(CAUSES, failure) ? CAUSES[failure as Failure] : UNLISTED;
}
