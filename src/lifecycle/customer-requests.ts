import type { CustomerMessage } from './customer-messages.js';
import type { MessageBodies } from './messages.js';

/** Something asked for a customer, with the envelope that it came in. */
export type CustomerRequest = {
  [Name in CustomerMessage]: {
    /** Names it in answers, the status and the audit. */
    requestId: string;
    name: Name;
    body: MessageBodies[Name];
    proof?: string | undefined;
    /** ISO 8601. */
    askedAt: string;
  };
}[CustomerMessage];

/** `leftOut`: an operator let it be. */
export interface SettledRequest {
  requestId: string;
  name: CustomerMessage;
  result: 'done' | 'leftOut';
  /** ISO 8601. */
  at: string;
}

/** A payment consent that is revoked once no order that was prepared by it can be executed any more. */
export interface RetiredConsent {
  consentId: string;
  /** ISO 8601. */
  revokeAt: string;
}

/** FinHub's pages give a prepared order 15 minutes, or two to three hours (facts §15.7). */
export const ORDERS_LAPSE_AFTER_MS = 3 * 3600_000;
