import { z } from 'zod';
import { personal, plain, secret } from '../../contract/marks.js';
import { wasExecuted } from '../../lifecycle/orders.js';
import { endpoint } from '../endpoint.js';
import { FinHubError } from '../error.js';
import { amountDto, amountIn, Money, sumOf } from './amounts.js';
import { firstId, firstText, Id, requiredId, requiredText } from './fields.js';
import { firstTime } from './times.js';

/** The latest documents require it, the others ignore it (facts §1.2). */
const sessionHeader = (_: unknown, { sessionId }: { sessionId: string | undefined }): Record<string, string> =>
  sessionId === undefined ? {} : { 'X-Session-Id': sessionId };

const OrderType = z.enum(['transfer', 'topup']);

/** The parts of the fees, used if their sum is missing. */
const PARTS_OF_FEES = ['fees', 'summary.fees'].flatMap((fees) => [`${fees}.processingFee`, `${fees}.networkFee`]);

const isAmountAt = (data: unknown, place: string): boolean =>
  firstText(data, place, `${place}.value`, `${place}.amount`) !== undefined;

/** Reads the fees: `{value, currency}` in FLOW, `{totalFee}` or its parts in LAT, below `summary` in REF. */
function feesIn(data: unknown, context: z.core.$RefinementCtx) {
  const currency = firstText(
    data,
    'fees.currency',
    'summary.fees.currency',
    'amount.currency',
    'totalAmount.currency',
    'currency',
  );
  if (currency === undefined) return undefined;
  const whole = ['fees.totalFee', 'summary.fees.totalFee', 'fees.total', 'fees', 'summary.fees'];
  const found = whole.filter((place) => isAmountAt(data, place));
  if (found.length > 0) return amountIn(data, context, currency, ...found);
  const parts = PARTS_OF_FEES.filter((place) => isAmountAt(data, place));
  const amounts = parts.flatMap((place) => amountIn(data, context, currency, place) ?? []);
  const [first] = amounts;
  if (!first || amounts.some((amount) => amount.currency !== first.currency)) return undefined;
  return sumOf(amounts);
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
    reference: plain(z.string()),
    description: personal(z.string()),
    amount: Money,
    /** The other side: the payee, or for a top-up the payer. */
    counterparty: z.strictObject({
      name: personal(z.string()),
      iban: personal(z.string()),
      beneficiaryId: Id.optional(),
      /** The name again, if the other side is a company. */
      companyName: personal(z.string()).optional(),
    }),
    /** Our own account. */
    iban: personal(z.string()),
    consentId: Id.optional(),
  }),
  headers: sessionHeader,
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
    ...(counterparty.companyName ? { companyName: counterparty.companyName } : {}),
    ...(consentId ? { consent: { consentReference: consentId } } : {}),
  }),
  response: z.unknown().transform((data, context) => ({
    preparedOrderId: requiredId(data, context, 'preparedOrderId', 'orderId'),
    validUntil: firstTime(data, ['validUntil'], { dayEnds: true }),
    fees: feesIn(data, context),
  })),
  idempotency: { class: 'expiring' },
});

function executionOf(data: unknown, context: z.core.$RefinementCtx): string | undefined {
  const time = firstTime(data, ['executedAt']);
  if (time === undefined && firstText(data, 'executedAt') !== undefined)
    context.addIssue({ code: 'custom', message: 'executedAt is not a readable time' });
  return time;
}

const orderStatus = (data: unknown, context: z.core.$RefinementCtx) =>
  requiredText(data, context, 'status', 'order.status', 'state').toUpperCase();

/** The state of an order. T3. */
export const getOrder = endpoint({
  operation: 'getOrder',
  summary: 'Reads the state of an order',
  method: 'GET',
  path: '/api/v2.1/fintrans/{accountId}/orders/{orderId}',
  auth: 'customer',
  sources: ['T3', 'T15', 'O8'],
  assumed:
    '`orderId` is the `preparedOrderId`; the response has `status`, and `executedAt` once the order was executed.',
  request: z.strictObject({ accountId: Id, orderId: Id }),
  response: z.unknown().transform((data, context) => ({
    status: orderStatus(data, context),
    reason: firstText(data, 'failureReason', 'statusDetails.reason', 'errorCode'),
    transactionId: firstText(data, 'transactionId', 'transactions.0.transactionId'),
    // Its presence shows that the order was executed, even if it cannot be read.
    executedAt: executionOf(data, context),
  })),
  idempotency: { class: 'safe' },
});

export interface ExecutedOrder {
  orderId: string | undefined;
  status: string;
  transactionId: string | undefined;
}

/** Executes a prepared order. `preparedOrderId` allows one execution, and the order is read before every try. S1, O8, T14, T15, L9. */
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
    consentId: Id.optional(),
    authenticationCode: secret(z.string()).optional(),
  }),
  headers: sessionHeader,
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
  response: z.unknown().transform((data, context): ExecutedOrder => ({
    orderId: firstId(data, 'orderId', 'preparedOrderId'),
    status: orderStatus(data, context),
    transactionId: firstText(data, 'transactionId', 'executionId', 'transactions.0.transactionId'),
  })),
  idempotency: {
    class: 'keyed',
    readBack: {
      reads: [getOrder],
      proof: 'FinHub has executed the order, or is executing it',
      absence: 'not needed: FinHub executes a prepared order only once',
      find: async ({ input: { accountId, preparedOrderId }, read }) => {
        const order = await read(getOrder, { accountId, orderId: preparedOrderId }).catch((error: unknown) => {
          if (error instanceof FinHubError && error.kind === 'notFound') return undefined;
          throw error;
        });
        if (!order || !wasExecuted(order)) return [];
        const { status, transactionId } = order;
        return [{ id: preparedOrderId, result: { orderId: preparedOrderId, status, transactionId } }];
      },
    },
  },
});
