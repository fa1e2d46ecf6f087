import type { CustomerState } from './case-state.js';
import { renewalTime, type PaymentConsent } from './customer.js';
import type { CustomerRequest } from './customer-requests.js';

/** What is to be done for a customer. */
export type Due =
  | { what: 'request'; request: CustomerRequest }
  | { what: 'revocation'; consentId: string }
  | { what: 'renewal'; consent: PaymentConsent };

type Timed = Due & { at: number };

function timed({ application: { consent }, requests, retired }: CustomerState): Timed[] {
  return [
    ...requests.slice(0, 1).map((request) => ({ what: 'request' as const, request, at: 0 })),
    ...retired.map(({ consentId, revokeAt }) => ({
      what: 'revocation' as const,
      consentId,
      at: Date.parse(revokeAt),
    })),
    ...(consent && consent.renews !== false
      ? [{ what: 'renewal' as const, consent, at: renewalTime(consent).getTime() }]
      : []),
  ].sort((one, other) => one.at - other.at);
}

/** What is due now; undefined where nothing is. */
export function dueNow(state: CustomerState, now: Date): Due | undefined {
  return timed(state).find(({ at }) => at <= now.getTime());
}

/** When the next thing is due, milliseconds since the epoch; undefined where nothing is known to come. */
export function dueNext(state: CustomerState): number | undefined {
  return timed(state)[0]?.at;
}
