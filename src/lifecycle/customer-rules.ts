import type { CustomerState } from './case-state.js';
import { isOfApplication, type PaymentConsent } from './customer.js';
import { MAX_BENEFICIARIES, type CustomerMessage } from './customer-messages.js';
import type { CustomerRequest } from './customer-requests.js';
import { accept, refuse } from './messages.js';
import type { Given, Rules, Ruling } from './rulings.js';

/** The end of a consent identifies its renewal, so that each happens once. */
export const renewalOf = ({ validUntil }: Pick<PaymentConsent, 'validUntil'>): string => validUntil.slice(0, 10);

/** Why a consent from the onboarding is refused; undefined if it is not. */
export function handOverRefusal(
  { application: { applicationId, consent: own }, endedConsents }: Pick<CustomerState, 'application' | 'endedConsents'>,
  consent: PaymentConsent,
  renewalBegun: (of: string) => boolean,
): 'otherApplication' | 'ended' | 'renewalBegun' | undefined {
  const isOwn = (one: PaymentConsent): boolean => isOfApplication(one, applicationId);
  if (!isOwn(consent) || (own && !isOwn(own))) return 'otherApplication';
  if (endedConsents.includes(consent.consentId)) return 'ended';
  return renewalBegun(renewalOf(consent)) ? 'renewalBegun' : undefined;
}

/** The effects of messages that only a customer accepts: each becomes a request, unless it cannot be carried out. */
export const CUSTOMER_RULES: Rules<CustomerState, CustomerMessage> = {
  addBeneficiary: (state, body, given) => {
    const { ref, iban, name } = body.beneficiary;
    const known = expected(state);
    const same = known.find((one) => one.ref === ref);
    if (same) {
      return same.iban === iban && same.name === name
        ? [{}, accept('applied', 'it is there, or asked for already')]
        : [{}, refuse('NotAllowed', 'another beneficiary has this ref')];
    }
    if (known.some((one) => one.iban === iban)) {
      return [{}, refuse('NotAllowed', 'another beneficiary has this IBAN')];
    }
    if (known.length >= MAX_BENEFICIARIES) {
      return [{}, refuse('NotAllowed', `${MAX_BENEFICIARIES} beneficiaries are the most`)];
    }
    return asked(state, given, { name: 'addBeneficiary', body });
  },

  removeBeneficiary: (state, body, given) =>
    expected(state).some(({ ref }) => ref === body.ref)
      ? asked(state, given, { name: 'removeBeneficiary', body })
      : [{}, refuse('NotAllowed', 'no beneficiary has this ref')],

  makePaymentConsent: (state, body, given) => {
    const refs = new Set(expected(state).map(({ ref }) => ref));
    const unknown = (body.beneficiaries ?? []).find((ref) => !refs.has(ref));
    if (unknown !== undefined) return [{}, refuse('NotAllowed', `no beneficiary has the ref "${unknown}"`)];
    if (refs.size === 0) return [{}, refuse('NotAllowed', 'it would pay nobody: add a beneficiary first')];
    if (!body.consent && !state.application.consent) {
      return [{}, refuse('NotAllowed', 'there is no payment consent to renew: name the terms')];
    }
    return asked(state, given, { name: 'makePaymentConsent', body });
  },

  revokePaymentConsent: (state, body, given) =>
    state.application.consent || state.requests.some(({ name }) => name === 'makePaymentConsent')
      ? asked(state, given, { name: 'revokePaymentConsent', body })
      : [{}, refuse('NotAllowed', 'there is no payment consent')],
};

const MAX_WAITING = 50;

type Asked = CustomerRequest extends infer Request
  ? Request extends CustomerRequest
    ? Pick<Request, 'name' | 'body'>
    : never
  : never;

function asked(state: CustomerState, { at, envelope }: Given, what: Asked): Ruling {
  if (state.requests.length >= MAX_WAITING) {
    return [{}, refuse('NotAllowed', `${MAX_WAITING} requests are already waiting; send it again once some are done`)];
  }
  const requested = state.requested + 1;
  const requestId = `request-${requested}`;
  const request = { ...what, requestId, proof: envelope, askedAt: at.toISOString() } as CustomerRequest;
  return [
    { requested, requests: [...state.requests, request] },
    accept('kept', `${requestId} is carried out in its turn`),
  ];
}

/** The beneficiaries that there will be once all that waits is carried out. */
function expected({ application, requests }: CustomerState): { ref: string; iban: string; name: string }[] {
  let known: { ref: string; iban: string; name: string }[] = application.beneficiaries;
  for (const { name, body } of requests) {
    if (name === 'addBeneficiary') known = [...known, body.beneficiary];
    else if (name === 'removeBeneficiary') known = known.filter(({ ref }) => ref !== body.ref);
  }
  return known;
}
