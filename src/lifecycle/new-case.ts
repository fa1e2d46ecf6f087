import type { Application, DocumentReference } from '../contract/application.js';
import { ownershipHashOf } from './ownership.js';
import type { CustomerState, CallState, CaseBase, LifecycleState, TransferState } from './case-state.js';
import type { HandCall } from './hand-call.js';
import type { Customer } from './customer.js';
import { PHASES, type CaseKind, type LifecycleKind } from './phases.js';
import { newReview } from './review-state.js';
import type { TransferOrder } from './transfer.js';

/** A lifecycle before its first phase. */
export function newCase(kind: LifecycleKind, application: Application, startedAt: Date): LifecycleState {
  const { tenantId, submittedBy, handedInBy, documents, consents } = application;
  const submitted = { tenantId, submittedBy, handedInBy, documents, ownershipHash: ownershipHashOf(application) };
  return { ...unstarted(kind, application, submitted, startedAt), people: [], corrections: [], consents };
}

/** A transfer before its first phase. */
export function newTransfer(order: TransferOrder, startedAt: Date): TransferState {
  const { reference, submittedBy } = order;
  const state = unstarted('transfer', order, { tenantId: order.tenantId, submittedBy, documents: [] }, startedAt);
  return { ...state, transfer: { reference, state: 'running' } };
}

/** A customer's case at its start, after the activation. */
export function newCustomer(customer: Customer, startedAt: Date): CustomerState {
  const { tenantId, customerId, accountId, iban } = customer;
  const state = unstarted('customer', customer, { tenantId, submittedBy: customerId, documents: [] }, startedAt);
  const facts = ['customerRecord', 'accountActive', 'walletActive'] as const;
  const finhub = { ...state.finhub, customerId, accountId, iban, facts };
  return { ...state, finhub, requests: [], requested: 0, settled: [], retired: [], endedConsents: [], removedRefs: [] };
}

/** A call by hand before it is known whether it is allowed. */
export function newCall(call: HandCall, startedAt: Date): CallState {
  return unstarted('call', call, { tenantId: call.tenantId, submittedBy: call.by, documents: [] }, startedAt);
}

interface Submitted {
  tenantId: string;
  submittedBy: string;
  handedInBy?: string[] | undefined;
  documents: DocumentReference[];
  ownershipHash?: string | undefined;
}

/** The initial state of every case. */
function unstarted<Kind extends CaseKind, Subject>(
  kind: Kind,
  application: Subject,
  { tenantId, submittedBy, handedInBy, documents: evidence, ownershipHash }: Submitted,
  startedAt: Date,
): CaseBase<Kind, Subject> {
  return {
    kind,
    application,
    startedAt: startedAt.toISOString(),
    phases: PHASES[kind].map(({ name }) => ({ name, state: 'pending' })),
    finhub: { beneficiaries: {}, facts: [] },
    review: newReview({ tenantId, submittedBy, handedInBy, evidence, ownershipHash }),
    requirements: [],
    attentions: 0,
    answered: [],
    turnedAway: 0,
    deadlines: [],
    notes: [],
    done: {},
    audit: [],
    audited: 0,
    notified: 0,
    outbox: [],
    deliveries: [],
  };
}
