import type { Operator } from '../../src/lifecycle/policy.js';
import type { Judge } from '../../src/activities/judge.js';
import type { ApproverNotes } from '../../src/store/approver-notes.js';
import type { OrderLog } from '../../src/store/order-log.js';

/** The text of a signers file with these operators. */
export function signersText(
  operators: (Omit<Operator, 'level'> & { level: string; keys?: object[] })[],
  version = 1,
): string {
  return JSON.stringify({ version, signers: operators.map((operator) => ({ role: 'operator', ...operator })) });
}

/** A log that nothing is noted in. */
export const NO_ORDERS: OrderLog = { note: () => Promise.resolve(), begun: () => Promise.resolve([]) };

/** Notes by which nobody has to approve anything. */
export const NO_APPROVERS: ApproverNotes = {
  note: () => Promise.resolve(true),
  of: () => Promise.resolve({ lifecycle: 'any', approvers: [] }),
};

/** Lets everything pass, for tests of what comes after. */
export const LENIENT = {
  requireProof: false,
  decision: () => Promise.resolve(),
  order: () => Promise.resolve(),
  approvers: () => Promise.resolve([]),
  call: () => Promise.resolve(),
} as unknown as Judge;
