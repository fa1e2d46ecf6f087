import { z } from 'zod';
import { personal, plain } from '../../contract/marks.js';
import { endpoint } from '../endpoint.js';
import { FinHubError } from '../error.js';
import { amountIn, jsonNumber, Money } from './amounts.js';
import { absenceFrom, absent, isGone, isWhole } from './absence.js';
import { firstCount, firstText, Id, Nothing, requiredId, requiredList, sameText } from './fields.js';
import { firstTime } from './times.js';

const consentOf = (item: unknown, context: z.core.$RefinementCtx) => ({
  consentId: requiredId(item, context, 'consentId', 'id'),
  title: firstText(item, 'title', 'metadata.title'),
  status: firstText(item, 'status')?.toUpperCase(),
});

/** O7. */
export const listPaymentConsents = endpoint({
  operation: 'listPaymentConsents',
  summary: "Lists an account's payment consents",
  method: 'GET',
  path: '/api/v2.1/fintrans/{accountId}/payment-consents',
  auth: 'customer',
  sources: ['O7'],
  assumed: 'The response is a list, bare or named, of consents with `consentId`, `title` and `status`.',
  request: z.strictObject({ accountId: Id }),
  response: z.unknown().transform((data, context) => {
    const list = requiredList(data, context, 'consents', 'paymentConsents', 'items', 'content');
    return { consents: list.map((item) => consentOf(item, context)), whole: isWhole(data, list.length) };
  }),
  personal: ['title'],
  idempotency: { class: 'safe' },
});

/** Named only (T16); the counters come from the older creation call (T9). */
export const getPaymentConsent = endpoint({
  operation: 'getPaymentConsent',
  summary: 'Reads a payment consent and the rest of its limits',
  method: 'GET',
  path: '/api/v2.1/fintrans/{accountId}/payment-consents/{consentId}',
  auth: 'customer',
  sources: ['T9', 'T16'],
  assumed: 'The response has `consentId`, `title` and `status`, and may have the counters of T9.',
  request: z.strictObject({ accountId: Id, consentId: Id }),
  response: z.unknown().transform((data, context) => {
    const limits = 'parameters.limits';
    const currency = firstText(data, `${limits}.maxAmountPerTransaction.currency`, `${limits}.currency`);
    return {
      ...consentOf(data, context),
      validUntil: firstTime(data, ['validUntil', 'validTo', 'parameters.validity.endDate'], { dayEnds: true }),
      usageCount: firstCount(data, 'parameters.validity.currentUsageCount', 'currentUsageCount'),
      remainingToday: amountIn(data, context, currency, `${limits}.remainingDailyLimit`, 'remainingDailyLimit'),
      remainingThisMonth: amountIn(data, context, currency, `${limits}.remainingMonthlyLimit`, 'remainingMonthlyLimit'),
    };
  }),
  personal: ['title', 'remainingToday', 'remainingThisMonth'],
  idempotency: { class: 'safe' },
});

/** States in which a consent no longer pays. Facts §8. */
const ENDED = new Set(['REVOKED', 'EXPIRED']);

/** Named only. T16. */
export const revokePaymentConsent = endpoint({
  operation: 'revokePaymentConsent',
  summary: 'Revokes a payment consent',
  method: 'DELETE',
  path: '/api/v2.1/fintrans/{accountId}/payment-consents/{consentId}',
  auth: 'customer',
  sources: ['T16'],
  assumed: 'Nothing of the response is used; 404 means that the consent is gone.',
  request: z.strictObject({ accountId: Id, consentId: Id }),
  response: Nothing,
  idempotency: {
    class: 'repeatable',
    readBack: {
      reads: [listPaymentConsents],
      proof: 'no longer listed, or listed as ended',
      absence: absenceFrom(listPaymentConsents, 'an id'),
      find: async ({ input: { accountId, consentId }, ...search }) => {
        const { consents, whole } = await search.read(listPaymentConsents, { accountId });
        const found = consents.find((consent) => consent.consentId === consentId);
        const isEnded = found
          ? ENDED.has(found.status ?? '')
          : isGone(search, listPaymentConsents, { whole, known: true });
        return isEnded ? [{ id: consentId, result: {} }] : 'notShown';
      },
    },
  },
});

/** The `answer` claim of the token in a new consent's response. It authenticates orders and is never shown again. T11, T14. */
function answerOf(token: string | undefined): string | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token?.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return firstText(claims, 'answer');
  } catch {
    return undefined;
  }
}

/**
 * Creates a payment consent. The response cannot be read again, so a consent that an unclear try left, known by its title, is revoked first.
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
    title: personal(z.string()),
    startDate: plain(z.string()),
    endDate: plain(z.string()),
    perTransaction: Money,
    perDay: Money,
    perMonth: Money.optional(),
    transactionsPerDay: z.number(),
    maxTransactions: z.number().optional(),
    allowedAccounts: z.array(personal(z.string())),
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
    consentId: requiredId(data, context, 'consentId', 'id'),
    status: firstText(data, 'status')?.toUpperCase() ?? 'PENDING',
    authenticationCode: answerOf(firstText(data, 'magicLinkToken')),
  })),
  secrets: ['authenticationCode'],
  idempotency: {
    class: 'unrecoverableResponse',
    undo: {
      reads: [listPaymentConsents, revokePaymentConsent],
      proof: "its title contains the case's own id",
      absence: absenceFrom(listPaymentConsents, 'title or end'),
      takeBack: async ({ input: { accountId, title }, ...search }) => {
        const { read } = search;
        const { consents, whole } = await read(listPaymentConsents, { accountId }).catch((error: unknown) => {
          if (error instanceof FinHubError && error.kind === 'notFound') return { consents: [], whole: true };
          throw error;
        });
        let seen = false;
        for (const { consentId, ...consent } of consents) {
          if (!sameText(consent.title, title)) continue;
          seen = true;
          if (ENDED.has(consent.status ?? '')) continue;
          await read(revokePaymentConsent, { accountId, consentId }).catch((error: unknown) => {
            if (!(error instanceof FinHubError) || error.kind !== 'notFound') throw error;
          });
        }
        if (seen) return 'done';
        const known = consents.every(({ title, status }) => title !== undefined || ENDED.has(status ?? ''));
        return absent(search, listPaymentConsents, { whole, known }) === 'notShown' ? 'notShown' : 'done';
      },
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
  assumed: 'Nothing of the response is used.',
  request: z.strictObject({ consentId: Id }),
  body: () => ({}),
  response: Nothing,
  idempotency: { class: 'repeatable' },
});
