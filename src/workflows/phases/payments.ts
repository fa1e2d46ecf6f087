import type { Beneficiary, PaymentsRequest } from '../../lifecycle/application.js';
import type { Case } from '../case.js';
import { PhaseSkipped } from '../endings.js';
import { settleOrder } from '../orders.js';

function requested(kase: Case): PaymentsRequest {
  return kase.state.application.payments ?? { beneficiaries: [] };
}

/** Phase 7 of an individual: beneficiaries, the consent to pay them, and a first transfer, as far as the application asks for them. */
export async function payments(kase: Case): Promise<void> {
  const { beneficiaries, consent, transfer } = requested(kase);
  if (beneficiaries.length === 0) throw new PhaseSkipped();
  await addBeneficiaries(kase, beneficiaries);
  if (consent) await createConsent(kase);
  if (transfer) await makeTransfer(kase);
}

/** Phase 6 of an organization. */
export async function beneficiaries(kase: Case): Promise<void> {
  const { beneficiaries: wanted } = requested(kase);
  if (wanted.length === 0) throw new PhaseSkipped();
  await addBeneficiaries(kase, wanted);
}

/** Phase 7 of an organization. */
export async function paymentConsent(kase: Case): Promise<void> {
  if (!requested(kase).consent) throw new PhaseSkipped();
  await createConsent(kase);
}

/** Phase 8 of an organization: the wallet is funded, then pays. */
export async function transactions(kase: Case): Promise<void> {
  const { topUp, transfer } = requested(kase);
  if (!topUp && !transfer) throw new PhaseSkipped();
  const { accountId, iban } = kase.state.finhub;
  if (topUp) {
    await settleOrder(kase, {
      type: 'topup',
      reference: topUp.reference,
      description: 'first funding',
      amount: topUp.amount,
      counterparty: { name: topUp.sourceName, iban: topUp.sourceIban },
    });
    await kase.calls.read('getBalance', { accountId: accountId! });
  }
  if (transfer && iban) await makeTransfer(kase);
}

async function addBeneficiaries(kase: Case, wanted: Beneficiary[]): Promise<void> {
  const { finhub } = kase.state;
  for (const { ref, ...beneficiary } of wanted) {
    const added = await kase.calls.once(
      'addBeneficiary',
      () => ({ accountId: finhub.accountId!, customerId: kase.customerId, ...beneficiary }),
      { of: ref, adopts: ['beneficiaryId'] },
    );
    finhub.beneficiaries[ref] = added.beneficiaryId;
    await screened(kase, ref, added.screening);
  }
  kase.establish('beneficiaryRegistered');
}

/** A flagged beneficiary is a person's decision, never a silent skip. */
async function screened(kase: Case, ref: string, screening: string): Promise<void> {
  if (screening !== 'FLAGGED') return;
  await kase.calls.needsPerson(`screening/${ref}`, 'addBeneficiary', {
    type: 'BeneficiaryFlagged',
    message: `beneficiary "${ref}" was flagged by FinHub's PEP and sanctions screening`,
  });
}

async function createConsent(kase: Case): Promise<void> {
  const { finhub, application } = kase.state;
  const consent = application.payments!.consent!;
  const from = new Date(kase.state.startedAt);
  const until = new Date(from.getTime() + consent.validDays * 24 * 3600_000);
  const day = (date: Date) => date.toISOString().slice(0, 10);
  const { consentId, status } = await kase.calls.once(
    'createPaymentConsent',
    () => ({
      accountId: finhub.accountId!,
      // The application's id makes the title ours, so that a consent whose answer was lost is found and revoked.
      title: `${consent.title} (${application.applicationId})`,
      startDate: day(from),
      endDate: day(until),
      perTransaction: consent.perTransaction,
      perDay: consent.perDay,
      transactionsPerDay: consent.transactionsPerDay,
      allowedAccounts: requested(kase).beneficiaries.map(({ iban }) => iban),
    }),
    { adopts: ['consentId'] },
  );
  finhub.paymentConsentId = consentId;
  if (status !== 'ACTIVE') await kase.calls.once('approvePaymentConsent', () => ({ consentId }));
  kase.establish('paymentConsentActive');
}

async function makeTransfer(kase: Case): Promise<void> {
  const { finhub, application } = kase.state;
  const { reference, amount, description, beneficiary: ref } = application.payments!.transfer!;
  const beneficiary = requested(kase).beneficiaries.find((candidate) => candidate.ref === ref)!;
  const beneficiaryId = finhub.beneficiaries[ref];
  await settleOrder(kase, {
    type: 'transfer',
    reference,
    description,
    amount,
    counterparty: { name: beneficiary.name, iban: beneficiary.iban, beneficiaryId },
    consentId: finhub.paymentConsentId,
  });
}
