import type { CustomerState } from './case-state.js';
import type { HandOver, PaymentConsent, RegisteredBeneficiary } from './customer.js';
import type { CustomerRequest, SettledRequest } from './customer-requests.js';
import { resultDropped, type Transition } from './transitions.js';

/** Ended consents and removed beneficiaries that are remembered. */
const REMEMBERED = 200;

/** Another consent takes the place of the present one, which is revoked at a time. */
export const consentReplaced =
  (consent: PaymentConsent, revokeAt: Date): Transition<CustomerState> =>
  (state) => ({ ...consentRetired(revokeAt)(state), application: { ...state.application, consent } });

/** There is no consent any more; the last one is revoked at a time. */
export const consentRetired =
  (revokeAt: Date): Transition<CustomerState> =>
  ({ application: { consent, ...application }, retired, endedConsents }) => ({
    application,
    endedConsents: consent ? [...endedConsents, consent.consentId].slice(-REMEMBERED) : endedConsents,
    retired: consent ? [...retired, { consentId: consent.consentId, revokeAt: revokeAt.toISOString() }] : retired,
  });

export const consentRevoked =
  (revoked: string): Transition<CustomerState> =>
  (state) => ({
    retired: state.retired.filter(({ consentId }) => consentId !== revoked),
    ...resultDropped(`revokePaymentConsent/${revoked}`)(state),
  });

/** The consent ends by itself: an operator has left its renewal out. */
export const renewalLeftOut: Transition<CustomerState> = ({ application }) => ({
  application: { ...application, ...(application.consent && { consent: { ...application.consent, renews: false } }) },
});

export const beneficiaryKnown =
  (beneficiary: RegisteredBeneficiary): Transition<CustomerState> =>
  ({ application, removedRefs }) => {
    const others = application.beneficiaries.filter(({ ref }) => ref !== beneficiary.ref);
    return {
      application: { ...application, beneficiaries: [...others, beneficiary] },
      removedRefs: removedRefs.filter((ref) => ref !== beneficiary.ref),
    };
  };

export const beneficiaryGone =
  (gone: string): Transition<CustomerState> =>
  ({ application, removedRefs }) => ({
    application: { ...application, beneficiaries: application.beneficiaries.filter(({ ref }) => ref !== gone) },
    removedRefs: [...removedRefs, gone].slice(-REMEMBERED),
  });

const SETTLED_SHOWN = 20;

/** A request is over: what its calls came to need not be known any more, so that years of them leave nothing behind. */
export const requestSettled =
  ({ requestId, name }: CustomerRequest, result: SettledRequest['result'], at: Date): Transition<CustomerState> =>
  ({ requests, settled, done }) => ({
    requests: requests.filter((one) => one.requestId !== requestId),
    settled: [...settled, { requestId, name, result, at: at.toISOString() }].slice(-SETTLED_SHOWN),
    done: Object.fromEntries(Object.entries(done).filter(([key]) => !key.endsWith(`/${requestId}`))),
  });

/** A customer goes on with what the onboarding has made, but for what was removed since. */
export const handedOver =
  ({ consent, beneficiaries: handed }: HandOver): Transition<CustomerState> =>
  ({ application, removedRefs }) => {
    const beneficiaries = handed.filter(({ ref }) => !removedRefs.includes(ref));
    const refs = new Set(beneficiaries.map(({ ref }) => ref));
    const others = application.beneficiaries.filter(({ ref }) => !refs.has(ref));
    return {
      application: {
        ...application,
        beneficiaries: [...others, ...beneficiaries],
        consent: consent ?? application.consent,
      },
    };
  };
