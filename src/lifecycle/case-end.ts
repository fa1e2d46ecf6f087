import type { CaseState, Changes } from './case-state.js';
import type { Outcome } from './outcome.js';
import type { Customer } from './customer.js';
import { DROPPED } from './sealed.js';

/** What changes when a case ends, which it does once. */
export function endOf(state: CaseState, { result, reason }: Pick<Outcome, 'result' | 'reason'>, at: Date): Changes {
  if (state.outcome) return {};
  return {
    phases: state.phases.map((phase) => (phase.state === 'active' ? { ...phase, state: 'stopped' } : phase)),
    waitingOn: undefined,
    attention: undefined,
    deadlines: [],
    requirements: [],
    ...withoutSecrets(state),
    ...endOfTransfer(state, result),
    outcome: { result, at: at.toISOString(), reason, ...orderOf(state) },
  };
}

/** Removes the secrets of an ended case: passwords, and sealed values from FinHub's responses. */
function withoutSecrets(state: CaseState): Changes {
  return { ...bare(state), done: {} };
}

function bare(state: CaseState): Changes {
  switch (state.kind) {
    case 'individual':
    case 'organization':
      return { application: { ...state.application, password: DROPPED }, activationCode: undefined };
    case 'transfer':
      return { payer: state.payer && bareCustomer(state.payer) };
    case 'customer':
      return { application: bareCustomer(state.application) };
    case 'call':
      return { application: { ...state.application, input: DROPPED } };
  }
}

function bareCustomer(customer: Customer): Customer {
  return { ...customer, consent: undefined };
}

function endOfTransfer(state: CaseState, result: Outcome['result']): Changes {
  return state.kind === 'transfer' && result !== 'active' ? { transfer: { ...state.transfer, state: result } } : {};
}

function orderOf(state: CaseState): Pick<Outcome, 'orderId'> {
  const orderId = state.kind === 'transfer' ? state.transfer.orderId : undefined;
  return orderId === undefined ? {} : { orderId };
}
