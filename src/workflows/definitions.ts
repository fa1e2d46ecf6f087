import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { QueryDefinition, SignalDefinition, UpdateDefinition } from '@temporalio/common';
import type { AuditEntry } from '../lifecycle/audit-events.js';
import type { CaseState } from '../lifecycle/case-state.js';
import {
  AWAIT_REGISTRATION,
  MESSAGES,
  type Answer,
  type MessageBodies,
  type MessageName,
  type RegisteredIds,
} from '../lifecycle/messages.js';
import type { Customer } from '../lifecycle/customer.js';
import type { CaseView, LifecycleStatus } from '../lifecycle/status.js';

/*
 * What a workflow of ours takes, for TypeScript callers that use the Temporal client of `connectClient`:
 * `handle.executeUpdate(updates.note, { args: [{ by: 'op-1', text: '…' }] })`. The client library sends the same and signs it; a worker that
 * requires proof takes nothing else.
 */

type Bodies<Name extends MessageName> = [body: MessageBodies[Name]];

/** Every message as an Update, which says what became of it. */
export const updates = each(defineUpdate) as unknown as {
  readonly [Name in MessageName]: UpdateDefinition<Answer, Bodies<Name>, Name>;
};

/** Every message as a Signal. */
export const signals = each(defineSignal) as unknown as {
  readonly [Name in MessageName]: SignalDefinition<Bodies<Name>, Name>;
};

export const queries = {
  status: defineQuery<LifecycleStatus, [], 'status'>('status'),
  case: defineQuery<CaseView, [], 'case'>('case'),
  audit: defineQuery<readonly AuditEntry[], [], 'audit'>('audit'),
  /** What was answered to messages, by their ids. */
  answered: defineQuery<CaseState['answered'], [], 'answered'>('answered'),
  /** Of a customer's case. */
  customer: defineQuery<Customer, [], 'customer'>('customer'),
} satisfies Record<string, QueryDefinition<unknown>>;

/** Answered once FinHub knows the customer; null where that never comes, or not before a person has seen to the case. */
export const awaitRegistration = defineUpdate<RegisteredIds | null, [], typeof AWAIT_REGISTRATION>(AWAIT_REGISTRATION);

function each<T>(define: (name: MessageName) => T): Record<string, T> {
  return Object.fromEntries(MESSAGES.map((name) => [name, define(name)]));
}
