import type { Money } from '../../contract/money.js';
import type { CaseState, TransferRecord } from '../../lifecycle/case-state.js';
import { type CallFailure, FAILURES } from '../../lifecycle/failures.js';
import type { OrderReading } from '../../lifecycle/orders.js';
import { transferTracked } from '../../lifecycle/transitions.js';
import type { Case } from '../case.js';
import { CallFailed } from '../control-flow.js';

/** An order as FinHub is asked for it. */
export interface OrderRequest {
  type: 'transfer' | 'topup';
  accountId: string;
  /** Of the account. */
  iban: string;
  description: string;
  amount: Money;
  counterparty: {
    name: string;
    iban: string;
    beneficiaryId?: string | undefined;
    companyName?: string | undefined;
  };
  consentId?: string | undefined;
  /** Sealed. */
  authenticationCode?: string | undefined;
  /** The account's available balance before, as evidence where the outcome stays unknown. */
  availableBefore?: Money | undefined;
}

export interface PreparedOrder {
  preparedOrderId: string;
  validUntil?: string | undefined;
  fees?: Money | undefined;
}

export interface SettledOrder {
  status: 'completed' | 'failed';
  reason?: string | undefined;
}

export interface OrderOptions {
  /** Makes the request for each order that is prepared, when nothing known stands against it. */
  request: () => Promise<OrderRequest>;
  /** The customer is asked between preparing and executing. */
  confirmation?: boolean | undefined;
  /** Throws where the order is no longer asked for as it was; asked before each try to prepare it. */
  stillAsked?: () => void;
}

/** What FinHub says no to, or was never sent, so that it had no effect. A conflict may be our own try that is still running. */
export const REFUSALS: ReadonlySet<string> = new Set([
  FAILURES.invalidRequest,
  FAILURES.unsendable,
  FAILURES.forbidden,
  FAILURES.notFound,
]);

export async function readOrder(
  theCase: Case<CaseState>,
  accountId: string,
  orderId: string,
): Promise<OrderReading | undefined> {
  try {
    return await theCase.calls.read('getOrder', { accountId, orderId }, { leave: isUnreadable });
  } catch (error) {
    if (error instanceof CallFailed) return undefined;
    throw error;
  }
}

export const isUnreadable = ({ type }: CallFailure): boolean =>
  type === FAILURES.notFound || type === FAILURES.unexpectedAnswer || type === FAILURES.invalidRequest;

/** A lifecycle's own funding is no transfer. */
export function track(theCase: Case<CaseState>, change: Partial<TransferRecord>): void {
  if (theCase.state.kind === 'transfer') theCase.apply(transferTracked(change));
}
