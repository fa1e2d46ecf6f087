import { z } from 'zod';
import { FinHubError } from '../error.js';
import { wasExecuted } from '../../lifecycle/orders.js';
import { endpoint } from '../endpoint.js';
import { amountDto, amountIn, jsonNumber, Money } from './amounts.js';
import { at, firstText, Id, listIn, Nothing, requiredText, sameText } from './fields.js';

/**
 * What PEP and sanctions screening came to. Where the answer does not say (RUN), the status tells: FinHub keeps inactive what it does not let
 * through.
 */
function screeningOf(item: unknown): 'VERIFIED' | 'PENDING' | 'FLAGGED' {
  const told = firstText(item, 'pepCheckResult', 'sanctionsCheckResult')?.toUpperCase();
  if (told === 'VERIFIED' || told === 'PENDING' || told === 'FLAGGED') return told;
  switch (firstText(item, 'status')?.toUpperCase()) {
    case 'PENDING':
      return 'PENDING';
    case 'INACTIVE':
      return 'FLAGGED';
    default:
      return 'VERIFIED';
  }
}

/** The id that orders name is the `assetId`, where FinHub gives one (RUN sample of F17), else the beneficiary's own. */
const beneficiaryOf = (item: unknown) => ({
  beneficiaryId: firstText(item, 'assetId', 'beneficiaryId', 'id'),
  iban: firstText(item, 'iban'),
  name: firstText(item, 'name', 'beneficiaryName'),
  status: firstText(item, 'status')?.toUpperCase() ?? 'ACTIVE',
  screening: screeningOf(item),
});

const Beneficiary = z.unknown().transform((data, context) => ({
  ...beneficiaryOf(data),
  beneficiaryId: requiredText(data, context, 'assetId', 'beneficiaryId', 'id'),
}));

const compactIban = (iban: string | undefined) => iban?.replaceAll(' ', '').toUpperCase();

/** S0, F7, O6, T4, L6. */
export const listBeneficiaries = endpoint({
  operation: 'listBeneficiaries',
  summary: "Lists an account's beneficiaries",
  method: 'GET',
  path: '/api/v2.1/fintrans/{accountId}/beneficiaries',
  auth: 'customer',
  sources: ['F7', 'O6', 'T4', 'L6'],
  request: z.strictObject({ accountId: Id, limit: z.number().optional(), offset: z.number().optional() }),
  query: ({ limit, offset }) => (limit === undefined ? {} : { limit: String(limit), offset: String(offset ?? 0) }),
  response: z
    .unknown()
    .transform((data) => ({ beneficiaries: listIn(data, 'beneficiaries', 'items').map(beneficiaryOf) })),
  idempotency: { class: 'safe' },
});

/** Registers a beneficiary; FinHub screens it. One per IBAN within the account. S0, S1, S2, F7, O6, T5, L5. */
export const addBeneficiary = endpoint({
  operation: 'addBeneficiary',
  summary: 'Registers a beneficiary',
  method: 'POST',
  path: '/api/v2.1/fintrans/{accountId}/beneficiaries',
  auth: 'customer',
  sources: ['S0', 'S1', 'S2', 'F7', 'O6', 'T1', 'T4', 'T5', 'T6', 'A9', 'L5'],
  request: z.strictObject({
    accountId: Id,
    customerId: Id,
    partyType: z.enum(['INDIVIDUAL_CUSTOMER', 'BUSINESS_CUSTOMER']),
    name: z.string(),
    iban: z.string(),
    bic: z.string(),
    currency: z.string(),
    country: z.string(),
    bankName: z.string().optional(),
    purposeCode: z.string().optional(),
  }),
  body: ({ accountId: _, name, bic, ...rest }) => {
    const [firstName, ...others] = name.split(' ');
    const party =
      rest.partyType === 'BUSINESS_CUSTOMER'
        ? { companyName: name }
        : { firstName, lastName: others.join(' ') || firstName };
    return {
      ...rest,
      ...party,
      name,
      shortName: name.slice(0, 35),
      bicSwiftCode: bic,
      bic,
      networkName: 'SEPA',
      type: 'EXTERNAL',
    };
  },
  response: Beneficiary,
  idempotency: {
    class: 'naturalKey',
    find: async ({ input, read }) => {
      const { beneficiaries } = await read(listBeneficiaries, { accountId: input.accountId });
      return beneficiaries.flatMap((found) =>
        found.beneficiaryId &&
        compactIban(found.iban) === compactIban(input.iban) &&
        (found.name === undefined || sameText(found.name, input.name))
          ? [
              {
                id: found.beneficiaryId,
                result: { ...found, beneficiaryId: found.beneficiaryId },
                proof: "the customer's own account lists the same IBAN and name",
              },
            ]
          : [],
      );
    },
  },
});

const consentOf = (item: unknown) => ({
  consentId: firstText(item, 'consentId', 'id'),
  title: firstText(item, 'title', 'metadata.title'),
  status: firstText(item, 'status')?.toUpperCase(),
});

/** Body documented by path only. O7. */
export const listPaymentConsents = endpoint({
  operation: 'listPaymentConsents',
  summary: "Lists an account's payment consents",
  method: 'GET',
  path: '/api/v2.1/fintrans/{accountId}/payment-consents',
  auth: 'customer',
  sources: ['O7'],
  request: z.strictObject({ accountId: Id }),
  response: z.unknown().transform((data) => ({
    consents: listIn(data, 'consents', 'paymentConsents', 'items').map(consentOf),
  })),
  idempotency: { class: 'safe' },
});

/** Named only (T16); the counters as the older creation call answers them (T9). */
export const getPaymentConsent = endpoint({
  operation: 'getPaymentConsent',
  summary: 'Reads a payment consent and what is left of its limits',
  method: 'GET',
  path: '/api/v2.1/fintrans/{accountId}/payment-consents/{consentId}',
  auth: 'customer',
  sources: ['T9', 'T16'],
  request: z.strictObject({ accountId: Id, consentId: Id }),
  response: z.unknown().transform((data, context) => {
    const limits = 'parameters.limits';
    const currency = firstText(data, `${limits}.maxAmountPerTransaction.currency`, `${limits}.currency`);
    const count = firstText(data, 'parameters.validity.currentUsageCount', 'currentUsageCount');
    return {
      ...consentOf(data),
      validUntil: firstText(data, 'validUntil', 'parameters.validity.endDate'),
      usageCount: count !== undefined && /^\d{1,9}$/.test(count) ? Number(count) : undefined,
      remainingToday: amountIn(data, context, currency, `${limits}.remainingDailyLimit`, 'remainingDailyLimit'),
      remainingThisMonth: amountIn(data, context, currency, `${limits}.remainingMonthlyLimit`, 'remainingMonthlyLimit'),
    };
  }),
  idempotency: { class: 'safe' },
});

/** Named only. T16. */
export const revokePaymentConsent = endpoint({
  operation: 'revokePaymentConsent',
  summary: 'Revokes a payment consent',
  method: 'DELETE',
  path: '/api/v2.1/fintrans/{accountId}/payment-consents/{consentId}',
  auth: 'customer',
  sources: ['T16'],
  request: z.strictObject({ accountId: Id, consentId: Id }),
  response: Nothing,
  idempotency: { class: 'repeatable' },
});

/** The `answer` claim of the token in a new consent's answer; it authenticates orders and is never shown again. T11, T14. */
function answerOf(token: string | undefined): string | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token?.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return firstText(claims, 'answer');
  } catch {
    return undefined;
  }
}

/**
 * Creates a payment consent. Its answer cannot be read again, so what an unclear try left behind, known by its title, is revoked first.
 * S0, S2, O7, T10, T11, A10, L7.
 */
export const createPaymentConsent = endpoint({
  operation: 'createPaymentConsent',
  summary: 'Creates a payment consent with limits',
  method: 'POST',
  path: '/api/v2.1/fintrans/{accountId}/payment-consents/types/transfer',
  auth: 'customer',
  sources: ['S0', 'S2', 'O7', 'T1', 'T10', 'T11', 'T16', 'A10', 'L7'],
  request: z.strictObject({
    accountId: Id,
    title: z.string(),
    startDate: z.string(),
    endDate: z.string(),
    perTransaction: Money,
    perDay: Money,
    perMonth: Money.optional(),
    transactionsPerDay: z.number(),
    maxTransactions: z.number().optional(),
    allowedAccounts: z.array(z.string()),
  }),
  body: ({ accountId: _, title, ...consent }, { tenantId }) => {
    // Limits are in major units in the newest samples, unlike order amounts (facts F10).
    const limit = (money: z.infer<typeof Money>) => ({ amount: jsonNumber(money), currency: money.currency });
    const parameters = {
      validity: {
        startDate: consent.startDate,
        endDate: consent.endDate,
        ...(consent.maxTransactions === undefined ? {} : { maxUsageCount: consent.maxTransactions }),
      },
      limits: {
        maxAmountPerTransaction: limit(consent.perTransaction),
        maxAmountPerDay: limit(consent.perDay),
        ...(consent.perMonth === undefined ? {} : { maxAmountPerMonth: limit(consent.perMonth) }),
        maxTransactionsPerDay: consent.transactionsPerDay,
      },
      beneficiaries: {
        allowedAccounts: consent.allowedAccounts,
        allowedTypes: ['sepa_transfer_external', 'sepa_transfer_internal'],
        allowNewBeneficiaries: false,
        requireBeneficiaryName: true,
      },
    };
    return {
      tenantId,
      documentType: 'PAYMENT_CONSENT',
      verificationType: 'CONSENT',
      verificationStatus: 'PENDING',
      title,
      paymentType: 'TRANSFER',
      parameters,
      metadata: { title, paymentType: 'TRANSFER', parameters },
    };
  },
  response: z.unknown().transform((data, context) => ({
    consentId: requiredText(data, context, 'consentId', 'id'),
    status: firstText(data, 'status')?.toUpperCase() ?? 'PENDING',
    authenticationCode: answerOf(firstText(data, 'magicLinkToken')),
  })),
  secrets: ['authenticationCode'],
  idempotency: {
    class: 'unrecoverableAnswer',
    undo: async ({ input: { accountId, title }, read }) => {
      const { consents } = await read(listPaymentConsents, { accountId }).catch((error: unknown) => {
        if (error instanceof FinHubError && error.kind === 'notFound') return { consents: [] };
        throw error;
      });
      const left = consents.filter(
        (consent) => consent.title === title && consent.status !== 'REVOKED' && consent.status !== 'EXPIRED',
      );
      for (const { consentId } of left) if (consentId) await read(revokePaymentConsent, { accountId, consentId });
    },
  },
});

/** T1, A13. */
export const approvePaymentConsent = endpoint({
  operation: 'approvePaymentConsent',
  summary: 'Approves a payment consent',
  method: 'POST',
  path: '/api/v2.1/consents/{consentId}/approve',
  auth: 'customer',
  sources: ['T1', 'A13'],
  request: z.strictObject({ consentId: Id }),
  body: () => ({}),
  response: Nothing,
  idempotency: { class: 'repeatable' },
});

const OrderType = z.enum(['transfer', 'topup']);

/** Fees are `{value, currency}` in FLOW, `{totalFee}` in LAT, below `summary` in REF. */
function feesIn(data: unknown, context: z.core.$RefinementCtx) {
  const currency = firstText(data, 'fees.currency', 'summary.fees.currency', 'amount.currency', 'currency');
  const places = ['fees.totalFee', 'fees', 'summary.fees'];
  const told = places.filter((place) => firstText(data, place, `${place}.value`) !== undefined);
  return currency === undefined ? undefined : amountIn(data, context, currency, ...told);
}

/** Validates an order and reserves its funds until `validUntil`. S0, S1, S2, F7, T12, A11, L8. */
export const prepareOrder = endpoint({
  operation: 'prepareOrder',
  summary: 'Prepares an order and reserves its funds',
  method: 'POST',
  path: '/api/v2.1/fintrans/{accountId}/types/{type}/prepare',
  auth: 'customer',
  sources: ['S0', 'S1', 'S2', 'F7', 'O8', 'T1', 'T2', 'T3', 'T12', 'T13', 'A11', 'L8', 'H2'],
  request: z.strictObject({
    accountId: Id,
    type: OrderType,
    reference: z.string(),
    description: z.string(),
    amount: Money,
    /** The other side: who is paid, or for a top-up who pays in. */
    counterparty: z.strictObject({ name: z.string(), iban: z.string(), beneficiaryId: z.string().optional() }),
    /** Our own account. */
    iban: z.string(),
    consentId: z.string().optional(),
  }),
  body: ({ accountId, type, reference, description, amount, counterparty, iban, consentId }) => ({
    type: type === 'topup' ? 'TOPUP' : 'EXTERNAL',
    sourceAccount:
      type === 'topup' ? { iban: counterparty.iban, accountHolder: counterparty.name } : { walletId: accountId, iban },
    target: type === 'topup' ? { walletId: accountId, iban } : { name: counterparty.name, iban: counterparty.iban },
    targetAccount:
      type === 'topup'
        ? { walletId: accountId, iban }
        : { iban: counterparty.iban, beneficiaryName: counterparty.name },
    amount: amountDto(amount),
    currency: amount.currency,
    description,
    reference,
    clientReference: reference,
    ...(counterparty.beneficiaryId
      ? {
          beneficiaryId: counterparty.beneficiaryId,
          beneficiaryName: counterparty.name,
          beneficiaryIban: counterparty.iban,
        }
      : {}),
    ...(consentId ? { consent: { consentReference: consentId } } : {}),
  }),
  response: z.unknown().transform((data, context) => ({
    preparedOrderId: requiredText(data, context, 'preparedOrderId', 'orderId'),
    validUntil: firstText(data, 'validUntil'),
    fees: feesIn(data, context),
  })),
  idempotency: { class: 'expiring' },
});

const orderStatus = (data: unknown) => firstText(data, 'status', 'order.status', 'state')?.toUpperCase() ?? 'UNKNOWN';

/** Where an order stands; body undocumented. T3. */
export const getOrder = endpoint({
  operation: 'getOrder',
  summary: 'Reads where an order stands',
  method: 'GET',
  path: '/api/v2.1/fintrans/{accountId}/orders/{orderId}',
  auth: 'customer',
  sources: ['T3', 'T15', 'O8'],
  request: z.strictObject({ accountId: Id, orderId: Id }),
  response: z.unknown().transform((data) => ({
    status: orderStatus(data),
    reason: firstText(data, 'failureReason', 'statusDetails.reason', 'errorCode'),
    transactionId: firstText(data, 'transactionId', 'transactions.0.transactionId'),
    executedAt: firstText(data, 'executedAt'),
  })),
  idempotency: { class: 'safe' },
});

/** Executes a prepared order: `preparedOrderId` makes it one-shot, and the order is read before every try. S1, O8, T14, T15, L9. */
export const executeOrder = endpoint({
  operation: 'executeOrder',
  summary: 'Executes a prepared order',
  method: 'POST',
  path: '/api/v2.1/fintrans/{accountId}/types/{type}/execute',
  auth: 'customer',
  sources: ['S1', 'O8', 'T1', 'T14', 'T15', 'A12', 'L9'],
  request: z.strictObject({
    accountId: Id,
    type: OrderType,
    preparedOrderId: Id,
    consentId: z.string().optional(),
    authenticationCode: z.string().optional(),
  }),
  body: ({ preparedOrderId, consentId, authenticationCode }) => ({
    preparedOrderId,
    ...(authenticationCode ? { authenticationCode } : {}),
    consentConfirmation: {
      ...(consentId ? { consentId } : {}),
      channel: 'WEB',
      confirmed: true,
      confirmationMethod: 'EXPLICIT',
    },
  }),
  response: z.unknown().transform((data) => ({
    orderId: firstText(data, 'orderId', 'preparedOrderId'),
    status: orderStatus(data),
    transactionId:
      firstText(data, 'transactionId', 'executionId') ??
      (at(data, 'transactions.0.transactionId') as string | undefined),
  })),
  idempotency: {
    class: 'keyed',
    find: async ({ input: { accountId, preparedOrderId }, read }) => {
      const order = await read(getOrder, { accountId, orderId: preparedOrderId }).catch((error: unknown) => {
        if (error instanceof FinHubError && error.kind === 'notFound') return undefined;
        throw error;
      });
      if (!order || !wasExecuted(order)) return [];
      const result = { orderId: preparedOrderId, status: order.status, transactionId: order.transactionId };
      return [{ id: preparedOrderId, result, proof: `the order is ${order.status} already` }];
    },
  },
});
