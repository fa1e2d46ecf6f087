import type { FAILURES } from './failures.js';
import type { AttentionAction } from './messages.js';
import type { PaymentObstacle } from './payment-checks.js';

/** What helps a case that needs attention: one of the actions of `resolve`, or a correction of the application. */
export type Help = 'correct' | AttentionAction;

/** A reason why a case needs a person. */
interface Cause {
  /** What helps, the most likely first; other possible actions come after it. */
  helps: readonly Help[];
  /** For a backend and its customer: no ids, nothing about a suspicion. */
  reason: string;
  /** For an operator: what to do, and where. */
  advice: string;
  /** The part of the application to correct, if the failure alone shows it. */
  part?: string;
}

/** Failures of phases and transfers; those of calls are in `failures.ts`. */
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
  advice: 'check that FinHub works again, then retry',
};

/** One cause for many cases: calls pause and continue by themselves. */
const PAUSED: Cause = {
  helps: ['retry'],
  reason: 'the service is being repaired',
  advice:
    "nothing to do in the case: it continues by itself once the cause is gone, which the worker's alarm and `npm run doctor` name",
};

const CORRECT: Cause = {
  helps: ['correct', 'retry'],
  reason: 'FinHub does not accept something in the application',
  advice: 'have the application corrected; the call is then retried with it',
};

const CONSENT: Cause = {
  helps: ['retry', 'abort'],
  reason: 'the payment consent does not allow the payment',
  advice:
    "have a payment consent made (`starter make-payment-consent`), or look at the customer's case, whose renewal may need attention; then retry",
};

/** What helps against each failure; the type makes sure that none is missing. */
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
      "the category is PROHIBITED in FinHub's hierarchy, so nobody can be registered in it; choose another one or abort",
  },
  SharesIncomplete: {
    ...CORRECT,
    reason: 'the ownership is not complete: shares do not add up to 100 %, or a company does not name its owners',
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
    advice: "look in FinHub's Admin Portal: adopt it if it exists, retry if it does not",
  },
  FinHubUnauthorized: {
    helps: ['retry'],
    reason: 'FinHub refuses our login at the moment',
    advice:
      'correct the password that FinHub refuses (FINHUB_ADMIN_…, FINHUB_POWER_TENANT_…, or the customer has changed theirs), restart the workers or wait for half an hour, then retry; `resolve --cause FinHubUnauthorized` resolves all these cases',
  },
  FinHubForbidden: {
    helps: ['retry'],
    reason: 'FinHub does not allow us a step at the moment',
    advice:
      'have it enabled at FinHub, or give the workers the credentials it needs (FINHUB_POWER_TENANT_…), then retry; abort the case of another tenant, and start it where that tenant is served',
  },
  FinHubNotFound: {
    helps: ['retry', 'abort'],
    reason: 'FinHub no longer knows something that the case is about',
    advice: "restore it in FinHub's Admin Portal, then retry",
  },
  RequestUnsendable: {
    ...CORRECT,
    reason: 'the application contains something that cannot be sent',
    advice: 'have it corrected: HTTP cannot carry it, for example a user agent outside Latin-1; nothing was sent',
  },
  NotProved: {
    helps: ['retry', 'abort'],
    reason: 'a step waits for someone who is allowed to request it',
    advice:
      'the message says whose proof is missing or invalid; once the signers file is right, retry; a case that was started without a proof never gets one: abort, and start it again',
  },
  FinHubUnexpectedAnswer: {
    helps: ['retry'],
    reason: 'FinHub sent a response that we do not understand',
    advice:
      'report it to the developers: the response does not fit its schema in src/finhub/catalogue/; retry once that is fixed',
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
    reason: 'a document is not available',
    advice: "give the workers the starter's DOCUMENT_STORE and key ring, then retry",
  },
  VerdictContradicts: {
    helps: ['retry'],
    reason: 'the decision has not reached FinHub yet',
    advice: "FinHub's portal shows the opposite decision: change it there and retry, or abort",
  },
  NotReadyForActivation: {
    helps: ['retry'],
    reason: 'FinHub needs something more for the activation',
    advice: 'do at FinHub what the requirements name, in the portal or by hand (`operator call`), then retry',
  },
  PrerequisiteMissing: {
    helps: ['skip', 'retry'],
    reason: 'an earlier step was skipped',
    advice:
      'the requirements name a step that was skipped, and the case would not see it done at FinHub: skip this phase, too',
  },
  TransferConflict: {
    helps: ['skip', 'correct'],
    reason: "the first transfer's reference is already in use",
    advice: 'skip, and start the transfer under another reference (`starter transfer`)',
  },
  OrderState: {
    helps: ['retry'],
    reason: 'FinHub returned an unknown state of the order',
    advice: "look the order up in FinHub's portal; retry reads it again",
  },
  SecondPersonNeeded: {
    helps: ['retry', 'abort'],
    reason: 'another operator must agree',
    advice: 'another POWER_TENANT operator agrees by retry; abort ends the call',
  },
  Unanswered: {
    helps: ['retry'],
    reason: 'an earlier question is still open',
    advice: 'the audit says what was asked; retry asks FinHub again',
  },
  AccountUnknown: {
    helps: ['retry', 'abort'],
    reason: 'the account is not open for payments',
    advice:
      "check customerId and accountId against the onboarding's `status`: another account needs another reference, so abort; retry once the customer is active",
  },
  CustomerUnanswered: {
    helps: ['retry'],
    reason: 'the account is not available at the moment',
    advice:
      "the customer's case (`customer/…`) has ended or is broken: resume it (docs/guides/runbook.md, OnboardingCasesEnded), then retry; `resolve --cause CustomerUnanswered` resolves all these cases",
  },
  ApproversUnknown: {
    helps: ['retry', 'abort'],
    reason: 'the account is not open for payments',
    advice:
      'nothing in the document store says who approves its transfers: give the workers the DOCUMENT_STORE that the onboarding used, or restore it, then retry',
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
    reason: 'the account has another currency',
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
    // The customer must not learn about a screening.
    reason: 'the beneficiary is not available at the moment',
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
    reason: 'the amount is above a limit',
    advice: 'retry when the day or month is over; above a limit per transaction, abort and start smaller ones',
  },
  InsufficientFunds: {
    helps: ['retry', 'abort'],
    reason: 'the balance is not sufficient',
    advice: 'have the account funded, then retry; an own reservation whose response was lost expires by itself',
  },
};

/** For unlisted failures: a person finds out. */
const UNLISTED: Cause = {
  helps: ['retry'],
  reason: 'a step did not work',
  advice: 'the message says what went wrong; retry once it is fixed',
};

/** The listed failures, for the pages that explain them. */
export const FAILURE_NAMES = Object.keys(CAUSES) as Failure[];

/** The cause of a failure, listed or not. */
export function causeOf(failure: string): Cause {
  return Object.hasOwn(CAUSES, failure) ? CAUSES[failure as Failure] : UNLISTED;
}
