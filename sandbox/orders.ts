import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { riskOf } from './activation.js';
import { checkUsableNow, type Call } from './call.js';
import { iso, MINUTE } from './clock.js';
import { isIban, plainIban } from './iban.js';
import { scaleOf } from './amounts.js';
import { available, blocked, move, OUTSIDE } from './money.js';
import { categoryLimits, checkLimits, checkUsable, executedOrders } from './payment-consents.js';
import { invalid, read, Refusal } from './refusal.js';
import type { Beneficiary, Customer, OperationType, Order, PaymentConsent, Wallet } from './records.js';
import { recordMaking, recordUndoing, schedule, type World } from './world.js';

const VALIDITY_MS = 15 * MINUTE;

const party = z.looseObject({
  walletId: z.string().optional(),
  iban: z.string().optional(),
  name: z.string().optional(),
});
const preparation = z.looseObject({
  type: z.string().optional(),
  sourceAccount: party.optional(),
  target: party.optional(),
  targetAccount: party.optional(),
  amount: z.looseObject({
    value: z.string().regex(/^[1-9]\d{0,14}$/, 'Must be a positive integer in minor units, as a string'),
    scale: z.int().optional(),
    currency: z.string().length(3),
  }),
  currency: z.string().optional(),
  beneficiaryId: z.string().optional(),
  description: z.string().max(500).default(''),
  reference: z.string().max(140).optional(),
  clientReference: z.string().max(140).optional(),
  consent: z.looseObject({ consentReference: z.string().optional() }).optional(),
});
type Preparation = z.infer<typeof preparation>;

/**
 * Prepares an order (F17) and reserves its money until `validUntil`. Every call makes another one.
 * @throws Refusal 400 faulty fields, 422 no usable consent or beneficiary, limit, balance.
 */
export function prepare(call: Call, wallet: Wallet, operation: OperationType): Order {
  const { world, now } = call;
  const given = read(preparation, call.body);
  const amount = amountOf(given, wallet);
  const payment = operation === 'topup' ? undefined : checkedPayment(world, wallet, operation, given, amount, now);

  const id = randomUUID();
  const validUntil = now + VALIDITY_MS;
  const order = world.state.orders.put({
    id,
    tenantId: wallet.tenantId,
    accountId: wallet.id,
    operation,
    status: 'READY',
    ...{ amount, currency: wallet.currency },
    targetIban: payment?.iban ?? wallet.iban ?? '',
    targetName: payment?.name ?? '',
    description: given.description,
    reference: given.reference ?? given.clientReference ?? id,
    clientReference: given.clientReference,
    consentId: payment?.consent?.id,
    createdAt: iso(now),
    validUntil: iso(validUntil),
  });
  if (payment) shift(world, order, 'reserve', available(wallet.id), blocked(wallet.id));
  schedule(world, 'lapse-order', id, validUntil);
  recordMaking(world, wallet.tenantId, 'prepared-order', preparedKey(order), id);
  return order;
}

const execution = z.looseObject({
  preparedOrderId: z.string().min(1),
  authenticationCode: z.string().optional(),
  consentConfirmation: z.looseObject({ consentId: z.string().optional(), confirmed: z.boolean() }).optional(),
});

/**
 * Executes a prepared order (F18); the same order again gives the same result.
 * @throws Refusal 400 unknown order, 403 wrong code, 422 expired order or a consent no longer usable.
 */
export function execute(call: Call, wallet: Wallet, operation: OperationType): Order {
  const { world, now } = call;
  const { state, settings, profile } = world;
  const given = read(execution, call.body);
  const order = state.orders.get(given.preparedOrderId);
  if (order?.accountId !== wallet.id || order.operation !== operation) {
    throw new Refusal(400, `Prepared order not found: ${given.preparedOrderId}`);
  }
  const consent = order.consentId === undefined ? undefined : state.paymentConsents.get(order.consentId);
  if (consent) checkConfirmation(given, consent);
  if (order.status === 'EXPIRED') throw new Refusal(422, `Prepared order expired: ${order.id}`);
  if (order.status !== 'READY') return order;
  checkUsableNow(call, wallet);
  if (operation !== 'topup') checkPayable(world, wallet, { ...order, consent }, now);

  const executed = state.orders.patch(order.id, {
    status: 'EXECUTING',
    executedAt: iso(now),
    transactionId: randomUUID(),
  });
  recordMaking(world, order.tenantId, 'executed-order', order.id, order.id);
  recordMaking(world, order.tenantId, 'payment', order.reference, order.id);
  if (!profile.settlesLater) return settle(world, order.id);
  schedule(world, 'settle-order', order.id, now + settings.settlementDelayMs);
  return executed;
}

/** Ends an executing order: COMPLETED with the money moved, or FAILED (magic word in the description) with it released. */
export function settle(world: World, orderId: string): Order {
  const { state, clock } = world;
  const order = state.orders.get(orderId) as Order;
  const settledAt = iso(clock.now());
  const held = blocked(order.accountId);
  if (order.description.includes('FAIL')) {
    if (order.operation !== 'topup') shift(world, order, 'release', held, available(order.accountId));
    return state.orders.patch(orderId, { status: 'FAILED', settledAt, failureReason: 'Refused by the receiving bank' });
  }
  if (order.operation === 'topup') {
    shift(world, order, 'topup', OUTSIDE, available(order.accountId));
  } else {
    const receiver = state.wallets.by('iban', order.targetIban).find(({ status }) => status === 'ACTIVE');
    shift(world, order, order.operation, held, receiver ? available(receiver.id) : OUTSIDE);
  }
  return state.orders.patch(orderId, { status: 'COMPLETED', settledAt });
}

/** Gives the reserved money of an order back that was not executed within its validity. */
export function lapse(world: World, orderId: string): void {
  const order = world.state.orders.get(orderId);
  if (order?.status !== 'READY') return;
  if (order.operation !== 'topup') shift(world, order, 'lapse', blocked(order.accountId), available(order.accountId));
  world.state.orders.patch(orderId, { status: 'EXPIRED' });
  recordUndoing(world, order.tenantId, 'prepared-order', preparedKey(order), orderId);
}

function preparedKey({ accountId, reference }: Order): string {
  return `${accountId}/${reference}`;
}

function shift(world: World, { id: orderId, amount, currency }: Order, kind: string, from: string, to: string): void {
  move(world, { kind, from, to, amount, currency, orderId });
}

function amountOf({ amount, currency }: Preparation, wallet: Wallet): number {
  const scale = scaleOf(amount.currency);
  if (amount.scale !== undefined && amount.scale !== scale) {
    throw invalid({ field: 'amount.scale', message: `Must be ${scale} for ${amount.currency}` });
  }
  if (currency !== undefined && currency !== amount.currency) {
    throw invalid({ field: 'currency', message: 'Must equal amount.currency' });
  }
  if (amount.currency !== wallet.currency) throw new Refusal(422, `The account's currency is ${wallet.currency}`);
  return Number(amount.value);
}

/** Where a transfer or withdrawal goes and by which consent, once all that stands against it is excluded. */
function checkedPayment(
  world: World,
  wallet: Wallet,
  operation: OperationType,
  given: Preparation,
  amount: number,
  now: number,
): { iban: string; name: string; consent: PaymentConsent | undefined } {
  const { sourceAccount, beneficiaryId } = given;
  if (sourceAccount?.walletId !== undefined && sourceAccount.walletId !== wallet.id) {
    throw invalid({ field: 'sourceAccount.walletId', message: 'Must be the account of the path' });
  }
  const target = given.target ?? given.targetAccount;
  const named = target?.iban === undefined ? undefined : plainIban(target.iban);
  const consent = operation === 'transfer' ? consentOf(world, wallet, given) : undefined;
  const beneficiary =
    operation === 'transfer' || beneficiaryId !== undefined ? beneficiaryOf(world, wallet, beneficiaryId) : undefined;
  const iban = beneficiary?.iban ?? named;
  if (iban === undefined || (named !== undefined && named !== iban) || !isIban(iban)) {
    throw invalid({ field: 'target.iban', message: 'Must be the IBAN of the beneficiary' });
  }
  checkPayable(world, wallet, { amount, consent, targetIban: iban }, now);
  if (wallet.available < amount) {
    throw new Refusal(422, 'Insufficient balance', { availableBalance: String(wallet.available) });
  }
  return { iban, name: beneficiary?.name ?? target?.name ?? '', consent };
}

function consentOf({ state }: World, wallet: Wallet, given: Preparation): PaymentConsent {
  const consent = state.paymentConsents.get(given.consent?.consentReference ?? '');
  if (consent?.accountId !== wallet.id || consent.operationType !== 'transfer') {
    throw new Refusal(422, 'A valid payment consent is required');
  }
  return consent;
}

/** The beneficiary by its `assetId` (as T12 refers to it) or its id. */
function beneficiaryOf({ state }: World, wallet: Wallet, id: string | undefined): Beneficiary {
  const found = state.beneficiaries.by('account', wallet.id).find((row) => row.assetId === id || row.id === id);
  if (!found) throw new Refusal(422, 'Beneficiary is not registered');
  const { pepCheckResult } = found;
  if (pepCheckResult !== 'VERIFIED') {
    throw new Refusal(422, `Beneficiary screening is ${pepCheckResult}`, { pepCheckResult });
  }
  return found;
}

/** The limits and restrictions of consent and category. @throws Refusal 422. */
function checkPayable(
  world: World,
  wallet: Wallet,
  order: { amount: number; consent: PaymentConsent | undefined; targetIban: string },
  now: number,
): void {
  const { state } = world;
  const { amount, consent, targetIban } = order;
  const executed = executedOrders(state, wallet.id);
  const customer = state.customers.get(wallet.customerId) as Customer;
  if (customer.kind === 'INDIVIDUAL') {
    checkLimits(categoryLimits(riskOf(world, customer)), amount, wallet.currency, executed, now);
  }
  if (!consent) return;
  checkUsable(world, consent, now);
  if (consent.allowedAccounts.length > 0 && !consent.allowedAccounts.includes(targetIban)) {
    throw new Refusal(422, 'Beneficiary is not allowed by the payment consent', { consentId: consent.id });
  }
  const byConsent = executed.filter(({ consentId }) => consentId === consent.id);
  checkLimits(consent, amount, wallet.currency, byConsent, now);
}

function checkConfirmation(given: z.infer<typeof execution>, consent: PaymentConsent): void {
  const { consentConfirmation, authenticationCode } = given;
  if (consentConfirmation?.confirmed !== true) {
    throw invalid({ field: 'consentConfirmation.confirmed', message: 'Must be true' });
  }
  if (consentConfirmation.consentId !== undefined && consentConfirmation.consentId !== consent.id) {
    throw invalid({ field: 'consentConfirmation.consentId', message: 'Must be the consent of the order' });
  }
  if (authenticationCode !== consent.answer) throw new Refusal(403, 'Invalid authentication code');
}
