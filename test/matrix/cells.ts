import { CATALOGUE, type OperationName } from '../../src/finhub/catalogue/index.js';
import { lookUpOf, type Endpoint } from '../../src/finhub/endpoint.js';
import { FAULT_KINDS, type FaultKind } from '../../sandbox/faults.js';

/** What a call comes to: its activity's provenance, or the type of its failure. */
export type Expected = 'made' | 'adopted' | 'done' | `FinHub${string}`;

/** One operation, the fault that it meets, and what has to come of it. */
export interface Cell {
  operation: OperationName;
  fault: FaultKind;
  /** Where the fault lies; `readBack` when the operation was done before, as after a reset, and is looked for. */
  at: { method: string; path: string };
  again: boolean;
  expected: Expected;
}

const endpoints = CATALOGUE as unknown as Record<OperationName, Endpoint<never, unknown>>;
export const OPERATIONS = Object.keys(CATALOGUE) as OperationName[];

/** FinHub acts, and its answer is lost or useless. */
const ACTED: ReadonlySet<FaultKind> = new Set(['drop', 'late-effect', 'effect-500', 'late-answer', 'cut', 'garble']);

/** Sessions have activities of their own, which tell no provenance. */
const SESSIONS = /^(open|close)(Admin|Customer|Organization)Session$/;

/** Every operation with every kind of fault on its own call. */
export function firstCells(): Cell[] {
  return OPERATIONS.flatMap((operation) =>
    FAULT_KINDS.map((fault) => ({
      ...{ operation, fault, again: false },
      at: endpoints[operation],
      expected: ACTED.has(fault) ? afterLostAnswer(operation, fault) : afterRefusal(operation, fault),
    })),
  );
}

/** Every operation that is looked for once it was done, with every kind of fault on the looking. */
export function againCells(): Cell[] {
  return OPERATIONS.flatMap((operation) => {
    const rule = endpoints[operation].idempotency.class;
    const [first] = lookUpOf(endpoints[operation])?.reads ?? [];
    const expected = afterLostAnswer(operation, 'drop');
    const looksFirst = rule === 'guarded' || rule === 'keyed' || rule === 'unrecoverableResponse';
    if (!first || !(looksFirst || (expected === 'adopted' && rule !== 'asynchronous'))) return [];
    const at = endpoints[first.operation as OperationName];
    return FAULT_KINDS.map((fault) => ({
      ...{ operation, fault, again: true, at },
      expected: isFinal(at, fault) ? 'FinHubUnauthorized' : expected,
    }));
  });
}

/** What comes of a call that FinHub refuses before any effect. */
function afterRefusal(operation: OperationName, fault: FaultKind): Expected {
  if (isFinal(endpoints[operation], fault)) return 'FinHubUnauthorized';
  return SESSIONS.test(operation) ? 'done' : 'made';
}

/** A customer's login that is refused is not tried again; those of the service itself are. */
function isFinal({ operation, auth }: Pick<Endpoint<never, unknown>, 'operation' | 'auth'>, fault: FaultKind): boolean {
  return fault === 'refuse-401' && auth === 'none' && operation !== 'openAdminSession';
}

/** What the next try finds, by class. */
function afterLostAnswer(operation: OperationName, fault: FaultKind): Expected {
  const { idempotency: rule } = endpoints[operation];
  if (SESSIONS.test(operation)) return 'done';
  // Of these answers nothing is used, so that a garbled one is as good as any.
  const isUnnoticed = fault === 'garble' && /^(remove|activate)/.test(operation);
  if (isUnnoticed) return 'made';
  switch (rule.class) {
    case 'safe':
    case 'expiring':
    case 'unrecoverableResponse':
      return 'made';
    case 'repeatable':
      return operation.startsWith('remove') ? 'adopted' : 'made';
    case 'asynchronous':
    case 'guarded':
      return 'adopted';
    case 'keyed':
      // Handed in again, since only a decision shows that it was.
      return operation === 'submitVerification' ? 'made' : 'adopted';
    case 'naturalKey':
      if (rule.readBack) return 'adopted';
      return operation === 'createLegacyCustomer' ? 'FinHubInvalidRequest' : 'FinHubConflict';
  }
}
