import type { Origin } from '../contract/application.js';
import type { Provenance } from './provenance.js';
import type { Refusal } from './messages.js';
import { levelSuffices, worksFor, type Operator } from './policy.js';

/** A call to FinHub that an operator makes by hand, because no case would make it. */
export interface HandCall {
  tenantId: string;
  /** Name in FinHub's catalogue. */
  operation: string;
  /** Identifies the call together with the operation: the same call is made once. No personal data. */
  callId: string;
  /** The operation's input; secrets are sealed, and a document is a reference. */
  input: unknown;
  /** Who asks for it, as claimed; an activity looks them up. */
  by: string;
  /** Recorded in the audit. */
  reason: string;
  actAs?: 'admin' | 'powerTenant' | undefined;
  /** The customer's own, if the customer acts. */
  origin?: Origin | undefined;
}

/** The result of a call, and how it came about; secrets in the result are sealed. */
export interface CallResult {
  answer: unknown;
  provenance: Provenance;
}

/** What the catalogue says about an operation that decides who may call it. */
export interface OperationFacts {
  effect: 'read' | 'write';
}

export function callName({ operation, callId }: Pick<HandCall, 'operation' | 'callId'>): string {
  return `${operation}-${callId}`;
}

/** A verification is decided in its case, by the people that its policy requires; a call by hand would bypass them. */
const IN_CASES_ONLY: ReadonlySet<string> = new Set(['decideVerificationAtFinHub']);

/** Moves money without a transfer's own checks and approvers. */
const TAKES_TWO: ReadonlySet<string> = new Set(['executeOrder']);

/** Whether a second operator must agree before the call is made. */
export function takesTwo({ operation }: Pick<HandCall, 'operation'>): boolean {
  return TAKES_TWO.has(operation);
}

/**
 * Why a call is not made. Any operator of the tenant may read; writes need level POWER_TENANT.
 * @param facts null if the worker does not offer the operation
 * @param operator the sender in the signers file; undefined if unknown
 */
export function refusalOf(
  { operation, tenantId }: Pick<HandCall, 'operation' | 'tenantId'>,
  facts: OperationFacts | null,
  operator: Operator | undefined,
): { refusal: Refusal; detail: string } | undefined {
  if (!operator) return { refusal: 'UnknownOperator', detail: 'no operator has this id' };
  if (!worksFor(operator, tenantId)) {
    return { refusal: 'WrongTenant', detail: 'the operator does not work for this tenant' };
  }
  if (!facts) return { refusal: 'NotAllowed', detail: 'no such operation can be called by hand' };
  if (IN_CASES_ONLY.has(operation)) {
    return {
      refusal: 'NotAllowed',
      detail: 'a verification is decided in its case, by the people that its policy requires',
    };
  }
  if (facts.effect === 'write' && !levelSuffices(operator.level, 'POWER_TENANT')) {
    return {
      refusal: 'LevelInsufficient',
      detail: 'a call that changes something needs an operator of level POWER_TENANT',
    };
  }
  return undefined;
}

/** Whether a second operator counts: another person, who could have asked for the call. */
export function isSecond(
  call: Pick<HandCall, 'operation' | 'tenantId' | 'by'>,
  facts: OperationFacts | null,
  second: Operator | undefined,
): boolean {
  return second?.id !== call.by && refusalOf(call, facts, second) === undefined;
}
