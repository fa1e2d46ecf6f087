import type { CustomerState } from '../lifecycle/case-state.js';
import { consentTitle, type ConsentTerms } from '../lifecycle/customer.js';
import { ORDERS_LAPSE_AFTER_MS, type CustomerRequest } from '../lifecycle/customer-requests.js';
import type { AddBeneficiary, MakePaymentConsent, RemoveBeneficiary } from '../lifecycle/messages.js';
import {
  beneficiaryKnown,
  beneficiaryGone,
  consentReplaced,
  consentRetired,
  consentRevoked,
  requestSettled,
} from '../lifecycle/customer-transitions.js';
import { registerBeneficiary } from './beneficiaries.js';
import type { Case } from './case.js';
import { PhaseSkipped } from './control-flow.js';
import { makeConsent } from './payment-consent.js';
import { requestWarrant } from './warrants.js';

type Customer = Case<CustomerState>;

/** Carries out what was asked for, to its end; an operator may leave it out. */
export async function settleRequest(theCase: Customer, request: CustomerRequest): Promise<void> {
  const { requestId, name } = request;
  let result: 'done' | 'leftOut';
  try {
    result = (await carryOut(theCase, request)) ? 'done' : 'leftOut';
  } catch (error) {
    if (!(error instanceof PhaseSkipped)) throw error;
    result = 'leftOut';
  }
  theCase.apply(requestSettled(request, result, new Date()));
  theCase.record('requestSettled', { request: requestId, name, result });
  theCase.notifications.send('lifecycle.requestSettled', { request: requestId, result });
  theCase.show();
}

async function carryOut(theCase: Customer, request: CustomerRequest): Promise<boolean> {
  const { requestId: of } = request;
  switch (request.name) {
    case 'addBeneficiary':
      return addBeneficiary(theCase, of, request, request.body);
    case 'removeBeneficiary':
      await removeBeneficiary(theCase, of, request.body);
      return true;
    case 'makePaymentConsent':
      await replaceConsent(theCase, of, termsAsked(theCase, request.body));
      return true;
    case 'revokePaymentConsent':
      await revokeAll(theCase);
      return true;
  }
}

async function addBeneficiary(
  theCase: Customer,
  of: string,
  request: CustomerRequest,
  { beneficiary: { ref, ...wanted } }: AddBeneficiary,
): Promise<boolean> {
  const warrant = () => requestWarrant(theCase.state, request);
  const beneficiaryId = await registerBeneficiary(theCase, { ref, of, wanted: () => wanted, warrant });
  if (beneficiaryId === undefined) return false;
  const { name, iban } = wanted;
  theCase.apply(beneficiaryKnown({ ref, name, iban, beneficiaryId }));
  await restrict(theCase, of, (ibans) => [...ibans, iban]);
  return true;
}

async function removeBeneficiary(theCase: Customer, of: string, { ref }: RemoveBeneficiary): Promise<void> {
  const { accountId, beneficiaries } = theCase.state.application;
  const known = beneficiaries.find((one) => one.ref === ref);
  // One that an operator left out was never there.
  if (!known) return;
  const { beneficiaryId, iban } = known;
  await theCase.calls.once('removeBeneficiary', () => ({ accountId, beneficiaryId }), { of });
  await restrict(theCase, of, (ibans) => ibans.filter((one) => one !== iban));
  theCase.apply(beneficiaryGone(ref));
}

/** Changes whom the payment consent may pay, where it says so; one that would pay nobody is revoked, since FinHub would let it pay anybody. */
async function restrict(theCase: Customer, of: string, change: (ibans: string[]) => string[]): Promise<void> {
  const terms = theCase.state.application.consent?.terms;
  if (!terms || terms.allowedIbans.length === 0) return;
  const allowedIbans = [...new Set(change(terms.allowedIbans))];
  if (allowedIbans.length === 0) await revokeAll(theCase);
  else if (allowedIbans.join() !== terms.allowedIbans.join())
    await replaceConsent(theCase, of, { ...terms, allowedIbans });
}

/** The terms that a message asks for, or those of the present consent. */
function termsAsked(theCase: Customer, { consent: asked, beneficiaries: refs }: MakePaymentConsent): ConsentTerms {
  const { consent, beneficiaries, customerId } = theCase.state.application;
  const named = beneficiaries.filter(({ ref }) => refs?.includes(ref) ?? true).map(({ iban }) => iban);
  const present = consent?.terms;
  const { title, ...limits } = asked ?? present ?? {};
  if (title === undefined || named.length === 0) throw new PhaseSkipped();
  const allowedIbans = asked || refs ? named : present!.allowedIbans;
  return {
    ...(limits as Omit<ConsentTerms, 'title' | 'allowedIbans'>),
    title: asked ? consentTitle(title, customerId) : title,
    allowedIbans,
  };
}

/** Makes a consent in place of the present one, which is revoked once no order that was prepared by it can be executed any more. */
async function replaceConsent(theCase: Customer, of: string, terms: ConsentTerms): Promise<void> {
  const { accountId } = theCase.state.application;
  const consent = await makeConsent(theCase, { accountId, terms: () => terms, of });
  if (theCase.state.application.consent?.consentId === consent.consentId) return;
  theCase.apply(consentReplaced(consent, new Date(Date.now() + ORDERS_LAPSE_AFTER_MS)));
  theCase.record('paymentConsentMade', { consentId: consent.consentId, until: consent.validUntil });
}

/** From now on nothing is prepared by any consent; what was prepared is FinHub's to refuse. */
async function revokeAll(theCase: Customer): Promise<void> {
  theCase.apply(consentRetired(new Date()));
  for (const { consentId } of theCase.state.retired) await revoke(theCase, consentId);
}

export async function revoke(theCase: Customer, consentId: string): Promise<void> {
  const { accountId } = theCase.state.application;
  await theCase.calls.once('revokePaymentConsent', () => ({ accountId, consentId }), { of: consentId });
  theCase.apply(consentRevoked(consentId));
  theCase.record('paymentConsentRevoked', { consentId });
}
