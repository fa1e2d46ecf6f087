import type { CaseState } from './case-state.js';
import type { ConsentTerms } from './customer.js';
import type { CustomerMessage } from './customer-messages.js';

/** What a backend may show of a customer after activation. */
export interface CustomerStatus {
  beneficiaries: { ref: string; beneficiaryId: string }[];
  consent: (Omit<ConsentTerms, 'allowedIbans'> & { consentId: string; validUntil: string }) | null;
  /** What was asked for: all that waits, and the last that was settled. */
  requests: RequestStatus[];
}

export interface RequestStatus {
  requestId: string;
  name: CustomerMessage;
  state: 'waiting' | 'done' | 'leftOut';
  /** When it was asked for, or settled; ISO 8601. */
  at: string;
}

export function customerStatusOf(state: CaseState): CustomerStatus | null {
  if (state.kind !== 'customer') return null;
  const { application, requests, settled } = state;
  const { beneficiaries, consent } = application;
  return {
    beneficiaries: beneficiaries.map(({ ref, beneficiaryId }) => ({ ref, beneficiaryId })),
    consent: consent ? shown(consent.consentId, consent.validUntil, consent.terms) : null,
    requests: [
      ...settled.map(({ requestId, name, result, at }) => ({ requestId, name, state: result, at })),
      ...requests.map(({ requestId, name, askedAt }) => ({ requestId, name, state: 'waiting' as const, at: askedAt })),
    ],
  };
}

function shown(
  consentId: string,
  validUntil: string,
  { allowedIbans: _, ...terms }: ConsentTerms,
): CustomerStatus['consent'] {
  return { consentId, validUntil, ...terms };
}
