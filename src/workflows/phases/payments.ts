import type { Beneficiary, PaymentsRequest, TopUpRequest, TransferRequest } from '../../contract/application.js';
import { TRANSFER_REQUIRES } from '../../lifecycle/phases.js';
import { consentTitle, type ConsentTerms } from '../../lifecycle/customer.js';
import type { Case } from '../case.js';
import { CallNeedless, PhaseSkipped } from '../control-flow.js';
import { settleOrder } from '../orders/settle-order.js';
import { type OrderRequest } from '../orders/order.js';
import { registerBeneficiary } from '../beneficiaries.js';
import { makeConsent } from '../payment-consent.js';
import { followTransfer, handOver } from '../payments-hand-over.js';
import { beneficiaryRegistered, finhubGave } from '../../lifecycle/transitions.js';

function requested(theCase: Case): PaymentsRequest {
  return theCase.state.application.payments ?? { beneficiaries: [] };
}

/** What the application asks for, as it is at each time. */
const asking =
  (theCase: Case): (() => PaymentsRequest) =>
  () =>
    requested(theCase);

/** Phase 7 of an individual: beneficiaries, the consent to pay them, and a first transfer, as far as the application asks for them. */
export async function payments(theCase: Case): Promise<void> {
  const asked = asking(theCase);
  await addBeneficiaries(theCase, asked);
  if (asked().consent) await createConsent(theCase);
  else await handOver(theCase);
  await payIfAsked(theCase, asked);
}

/** Phase 6 of an organization. */
export async function beneficiaries(theCase: Case): Promise<void> {
  await addBeneficiaries(theCase, asking(theCase));
  await handOver(theCase);
}

/** Phase 7 of an organization; a consent without a beneficiary would pay nobody, or anybody. */
export async function paymentConsent(theCase: Case): Promise<void> {
  if (Object.keys(theCase.state.finhub.beneficiaries).length === 0) throw new PhaseSkipped();
  await createConsent(theCase);
}

/** Phase 8 of an organization: the wallet is funded, then pays. */
export async function transactions(theCase: Case): Promise<void> {
  const asked = asking(theCase);
  for (let { topUp } = asked(); topUp; topUp = await fund(theCase, topUp, asked));
  await payIfAsked(theCase, asked);
}

async function payIfAsked(theCase: Case, asked: () => PaymentsRequest): Promise<void> {
  const { transfer } = asked();
  if (transfer) await pay(theCase, transfer);
  else theCase.closeToCorrections();
}

/** Registers those that FinHub has screened; one that an operator leaves out because it was flagged is never paid. */
async function addBeneficiaries(theCase: Case, asked: () => PaymentsRequest): Promise<void> {
  const settled = new Set<string>();
  const next = (): Beneficiary | undefined => asked().beneficiaries.find(({ ref }) => !settled.has(ref));
  for (let wanted = next(); wanted; wanted = next()) {
    const { ref } = wanted;
    const current = (): Beneficiary => {
      const found = asked().beneficiaries.find((candidate) => candidate.ref === ref);
      if (!found) throw new CallNeedless();
      return found;
    };
    try {
      const beneficiaryId = await registerBeneficiary(theCase, { ref, of: ref, wanted: () => withoutRef(current()) });
      settled.add(ref);
      if (beneficiaryId !== undefined) theCase.apply(beneficiaryRegistered(ref, beneficiaryId));
    } catch (error) {
      if (!(error instanceof CallNeedless)) throw error;
    }
  }
  if (Object.keys(theCase.state.finhub.beneficiaries).length === 0) throw new PhaseSkipped();
  theCase.establish('beneficiaryRegistered');
}

const withoutRef = ({ ref: _, ...beneficiary }: Beneficiary): Omit<Beneficiary, 'ref'> => beneficiary;

/** The consent's terms are the application's; only its beneficiaries may be paid by it. */
async function createConsent(theCase: Case): Promise<void> {
  const { finhub } = theCase.state;
  const consent = await makeConsent(theCase, { accountId: finhub.accountId!, terms: () => termsOf(theCase) });
  theCase.apply(finhubGave({ paymentConsentId: consent.consentId }));
  theCase.establish('paymentConsentActive');
  await handOver(theCase, consent);
}

function termsOf(theCase: Case): ConsentTerms {
  const { finhub, application } = theCase.state;
  const { title, ...limits } = application.payments!.consent!;
  return {
    ...limits,
    title: consentTitle(title, application.applicationId),
    allowedIbans: requested(theCase)
      .beneficiaries.filter(({ ref }) => ref in finhub.beneficiaries)
      .map(({ iban }) => iban),
  };
}

/** Funds the wallet. Returns what is asked for in its place, where a correction came before an order was prepared. */
async function fund(
  theCase: Case,
  topUp: TopUpRequest,
  asked: () => PaymentsRequest,
): Promise<TopUpRequest | undefined> {
  const { reference, amount, sourceIban, sourceName } = topUp;
  const { accountId, iban } = theCase.state.finhub;
  const { available: availableBefore } = await theCase.calls.read('getBalance', { accountId: accountId! });
  const order: OrderRequest = {
    type: 'topup',
    accountId: accountId!,
    iban: iban!,
    description: 'first funding',
    amount,
    counterparty: { name: sourceName, iban: sourceIban },
    availableBefore,
  };
  const stillAsked = (): void => {
    if (asked().topUp !== topUp) throw new CallNeedless();
  };
  try {
    await settleOrder(theCase, reference, { request: () => Promise.resolve(order), stillAsked });
  } catch (error) {
    if (error instanceof CallNeedless) return asked().topUp;
    throw error;
  }
  await theCase.calls.read('getBalance', { accountId: accountId! });
  return undefined;
}

async function pay(
  theCase: Case,
  { reference, beneficiary: ref, amount, description }: TransferRequest,
): Promise<void> {
  const { application, finhub } = theCase.state;
  const beneficiary = requested(theCase).beneficiaries.find((candidate) => candidate.ref === ref)!;
  if (!(ref in finhub.beneficiaries)) {
    theCase.record('transferLeftOut', { reference, beneficiary: ref });
    throw new PhaseSkipped();
  }
  await theCase.require(TRANSFER_REQUIRES);
  const { tenantId, submittedBy, origin } = application;
  const { result } = await followTransfer(theCase, {
    reference,
    tenantId,
    customerId: theCase.customerId,
    accountId: finhub.accountId!,
    beneficiaryIban: beneficiary.iban,
    amount,
    description,
    confirmation: false,
    submittedBy,
    origin,
  });
  theCase.record('transferEnded', { reference, result });
}
