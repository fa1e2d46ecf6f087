import type { Origin } from '../contract/application.js';
import type { Provenance } from './provenance.js';
import type { Refusal } from './messages.js';
import { levelSuffices, worksFor, type Operator } from './policy.js';

/** A call to FinHub that an operator makes by hand, for want of a case that would make it. */
export interface HandCall {
  tenantId: string;
  /** Name in FinHub's catalogue. */
  operation: string;
  /** With the operation it names the call: the same one is made once. No personal data. */
  callId: string;
  /** What the operation takes; its secrets are sealed, and a document comes by reference. */
  input: unknown;
  /** Who asks for it, by their own word; an activity looks them up. */
  by: string;
  /** Kept in the audit. */
  reason: string;
  actAs?: 'admin' | 'powerTenant' | undefined;
  /** The customer's own, where the call is the customer's act. */
  origin?: Origin | undefined;
}

/** What a call came to, and how; secrets of the answer are sealed. */
export interface CallResult {
  answer: unknown;
  provenance: Provenance;
}

/** What the catalogue knows of an operation, as far as it decides who may call it. */
export interface OperationFacts {
  effect: 'read' | 'write';
}

export function callName({ operation, callId }: Pick<HandCall, 'operation' | 'callId'>): string {
  return `${operation}-${callId}`;
}

/** A verification is decided in its case, by the people that its policy asks for; a call past it would need none of them. */
const IN_CASES_ONLY: ReadonlySet<string> = new Set(['decideVerificationAtFinHub']);

/** Moves money past a transfer's own checks and approvers. */
const TAKES_TWO: ReadonlySet<string> = new Set(['executeOrder']);

/** Whether a second operator has to agree before the call is made. */
export function takesTwo({ operation }: Pick<HandCall, 'operation'>): boolean {
  return TAKES_TWO.has(operation);
}

/**
 * Why a call is not made: reads take any operator of the tenant, whatever changes something one of level POWER_TENANT.
 * @param facts null where the worker does not offer the operation
 * @param operator what the signers file knows of who asks, undefined for a stranger
 */
export function refusalOf(
  { operation, tenantId }: Pick<HandCall, 'operation' | 'tenantId'>,
  facts: OperationFacts | null,
  operator: Operator | undefined,
): { refusal: Refusal; detail: string } | undefined {
  if (!operator) return { refusal: 'UnknownOperator', detail: 'no operator of this id is known' };
  if (!worksFor(operator, tenantId)) {
    return { refusal: 'WrongTenant', detail: 'the operator does not work for this tenant' };
  }
  if (!facts) return { refusal: 'NotAllowed', detail: 'there is no such operation to call by hand' };
  if (IN_CASES_ONLY.has(operation)) {
    return {
      refusal: 'NotAllowed',
      detail: 'a verification is decided in its case, by those whom its policy asks for',
    };
  }
  if (facts.effect === 'write' && !levelSuffices(operator.level, 'POWER_TENANT')) {
    return {
      refusal: 'LevelInsufficient',
      detail: 'a call that changes something takes an operator of level POWER_TENANT',
    };
  }
  return undefined;
}

/** Whether a second operator's word counts: another person, who could have asked for the call. */
export function isSecond(
  call: Pick<HandCall, 'operation' | 'tenantId' | 'by'>,
  facts: OperationFacts | null,
  second: Operator | undefined,
): boolean {
  return second?.id !== call.by && refusalOf(call, facts, second) === undefined;
}
