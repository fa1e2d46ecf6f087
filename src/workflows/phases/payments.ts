import type { Beneficiary, PaymentsRequest, TopUpRequest, TransferRequest } from '../../lifecycle/application.js';
import { TRANSFER_REQUIRES } from '../../lifecycle/phases.js';
import { consentTitle, type ConsentTerms } from '../../lifecycle/payment-account.js';
import type { Case } from '../case.js';
import { CallNeedless, PhaseSkipped } from '../control-flow.js';
import { settleOrder } from '../orders/settle-order.js';
import { type OrderRequest } from '../orders/order.js';
import { makeConsent } from '../payment-consent.js';
import { followTransfer, openAccount } from '../payments-hand-over.js';
import { needsPerson } from '../attention.js';
import { beneficiaryRegistered, finhubGave } from '../../lifecycle/transitions.js';

function requested(kase: Case): PaymentsRequest {
  return kase.state.application.payments ?? { beneficiaries: [] };
}

/** What the application asks for, as it is at each time. */
const asking =
  (kase: Case): (() => PaymentsRequest) =>
  () =>
    requested(kase);

/** Phase 7 of an individual: beneficiaries, the consent to pay them, and a first transfer, as far as the application asks for them. */
export async function payments(kase: Case): Promise<void> {
  const asked = asking(kase);
  await addBeneficiaries(kase, asked);
  if (asked().consent) await createConsent(kase);
  await payIfAsked(kase, asked);
}

/** Phase 6 of an organization. */
export async function beneficiaries(kase: Case): Promise<void> {
  await addBeneficiaries(kase, asking(kase));
}

/** Phase 7 of an organization; a consent without a beneficiary would pay nobody, or anybody. */
export async function paymentConsent(kase: Case): Promise<void> {
  if (Object.keys(kase.state.finhub.beneficiaries).length === 0) throw new PhaseSkipped();
  await createConsent(kase);
}

/** Phase 8 of an organization: the wallet is funded, then pays. */
export async function transactions(kase: Case): Promise<void> {
  const asked = asking(kase);
  for (let { topUp } = asked(); topUp; topUp = await fund(kase, topUp, asked));
  await payIfAsked(kase, asked);
}

async function payIfAsked(kase: Case, asked: () => PaymentsRequest): Promise<void> {
  const { transfer } = asked();
  if (transfer) await pay(kase, transfer);
  else kase.closeToCorrections();
}

/** Registers those that FinHub has screened; one that an operator leaves out because it was flagged is never paid. */
async function addBeneficiaries(kase: Case, asked: () => PaymentsRequest): Promise<void> {
  const { finhub } = kase.state;
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
      const added = await kase.calls.once(
        'addBeneficiary',
        () => {
          const { ref: _, ...beneficiary } = current();
          return { accountId: finhub.accountId!, customerId: kase.customerId, ...beneficiary };
        },
        { of: ref, adopts: ['beneficiaryId'] },
      );
      settled.add(ref);
      if (await passes(kase, ref, current().iban, added.screening))
        kase.apply(beneficiaryRegistered(ref, added.beneficiaryId));
    } catch (error) {
      if (!(error instanceof CallNeedless)) throw error;
    }
  }
  if (Object.keys(kase.state.finhub.beneficiaries).length === 0) throw new PhaseSkipped();
  kase.establish('beneficiaryRegistered');
}

/** Waits for a screening under way. A flagged beneficiary is a person's decision, never a silent skip. */
async function passes(kase: Case, ref: string, iban: string, told: string): Promise<boolean> {
  const { finhub } = kase.state;
  const key = `screening/${ref}`;
  const earlier = kase.kept<string>(key);
  if (earlier !== undefined) return earlier === 'VERIFIED';
  for (let screening = told; ;) {
    if (screening === 'PENDING') {
      const what = `screening of beneficiary "${ref}"`;
      const screened = await kase.waiting('finhub', what, () =>
        kase.calls.poll(
          'awaitScreening',
          { accountId: finhub.accountId!, iban },
          { every: 5, slowest: 900, summary: what },
        ),
      );
      screening = screened.screening;
    }
    if (screening !== 'FLAGGED') {
      kase.keep(key, 'VERIFIED');
      return true;
    }
    try {
      await needsPerson(kase, key, 'addBeneficiary', {
        type: 'BeneficiaryFlagged',
        message: `beneficiary "${ref}" was flagged by FinHub's PEP and sanctions screening`,
      });
    } catch (error) {
      if (!(error instanceof PhaseSkipped)) throw error;
      kase.keep(key, 'leftOut');
      kase.record('beneficiaryLeftOut', { beneficiary: ref });
      return false;
    }
    screening = 'PENDING';
  }
}

/** The consent's terms are the application's; only its beneficiaries may be paid by it. */
async function createConsent(kase: Case): Promise<void> {
  const { finhub } = kase.state;
  const consent = await makeConsent(kase, { accountId: finhub.accountId!, terms: () => termsOf(kase) });
  kase.apply(finhubGave({ paymentConsentId: consent.consentId }));
  kase.establish('paymentConsentActive');
  await openAccount(kase, consent);
}

function termsOf(kase: Case): ConsentTerms {
  const { finhub, application } = kase.state;
  const { title, ...limits } = application.payments!.consent!;
  return {
    ...limits,
    title: consentTitle(title, application.applicationId),
    allowedIbans: requested(kase)
      .beneficiaries.filter(({ ref }) => ref in finhub.beneficiaries)
      .map(({ iban }) => iban),
  };
}

/** Funds the wallet. Returns what is asked for in its place, where a correction came before an order was prepared. */
async function fund(kase: Case, topUp: TopUpRequest, asked: () => PaymentsRequest): Promise<TopUpRequest | undefined> {
  const { reference, amount, sourceIban, sourceName } = topUp;
  const { accountId, iban } = kase.state.finhub;
  const { available: availableBefore } = await kase.calls.read('getBalance', { accountId: accountId! });
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
    await settleOrder(kase, reference, { request: () => Promise.resolve(order), stillAsked });
  } catch (error) {
    if (error instanceof CallNeedless) return asked().topUp;
    throw error;
  }
  await kase.calls.read('getBalance', { accountId: accountId! });
  return undefined;
}

async function pay(kase: Case, { reference, beneficiary: ref, amount, description }: TransferRequest): Promise<void> {
  const { application, finhub } = kase.state;
  const beneficiary = requested(kase).beneficiaries.find((candidate) => candidate.ref === ref)!;
  if (!(ref in finhub.beneficiaries)) {
    kase.record('transferLeftOut', { reference, beneficiary: ref });
    throw new PhaseSkipped();
  }
  await kase.require(TRANSFER_REQUIRES);
  const { tenantId, submittedBy, origin } = application;
  const { result } = await followTransfer(kase, {
    reference,
    tenantId,
    accountId: finhub.accountId!,
    beneficiaryIban: beneficiary.iban,
    amount,
    description,
    confirmation: false,
    submittedBy,
    origin,
  });
  kase.record('transferEnded', { reference, result });
}
