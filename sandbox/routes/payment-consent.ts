import { paymentConsentView } from '../payment-consents.js';
import { randomInt, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { activatedWalletOf, activeWalletOf, operationOf, walletOf, type Call, type Route } from '../call.js';
import { DAY, iso } from '../clock.js';
import { plainIban } from '../iban.js';
import { signJwt } from '../jwt.js';
import { fromMajor } from '../amounts.js';
import type { Answer } from '../profiles/answer.js';
import { invalid, notFound, read, Refusal } from '../refusal.js';
import { fieldsOf } from '../registration.js';
import type { PaymentConsent } from '../records.js';
import { recordMaking, recordUndoing } from '../world.js';

const CONSENTS = '/api/v2.1/fintrans/{accountId}/payment-consents';

export const paymentConsentRoutes: readonly Route[] = [
  { method: 'POST', path: `${CONSENTS}/types/{operationType}`, access: 'session', handle: addPaymentConsent },
  { method: 'GET', path: CONSENTS, access: 'session', handle: listPaymentConsents },
  { method: 'GET', path: `${CONSENTS}/{consentId}`, access: 'session', handle: showPaymentConsent },
  { method: 'DELETE', path: `${CONSENTS}/{consentId}`, access: 'session', handle: revokePaymentConsent },
  { method: 'POST', path: '/api/v2.1/consents/{consentId}/approve', access: 'session', handle: approvePaymentConsent },
];

const money = z.looseObject({ amount: z.union([z.number(), z.string()]), currency: z.string().length(3) });
const parameters = z.looseObject({
  validity: z
    .looseObject({
      startDate: z.string().optional(),
      endDate: z.string().optional(),
      maxUsageCount: z.int().positive().optional(),
    })
    .default({}),
  limits: z
    .looseObject({
      maxAmountPerTransaction: money.optional(),
      maxAmountPerDay: money.optional(),
      maxAmountPerMonth: money.optional(),
      maxTransactionsPerDay: z.int().positive().optional(),
    })
    .default({}),
  beneficiaries: z
    .looseObject({
      allowedAccounts: z.array(z.string()).default([]),
      allowNewBeneficiaries: z.boolean().default(false),
    })
    .prefault({}),
});
const terms = z.looseObject({ title: z.string().min(1), parameters });

function addPaymentConsent(call: Call): Answer {
  const { world, now } = call;
  const wallet = activeWalletOf(call);
  const operationType = operationOf(call);
  const given = read(terms, fieldsOf(call.body)['metadata'] ?? call.body);
  const { validity, limits, beneficiaries } = given.parameters;
  const minor = (field: 'maxAmountPerTransaction' | 'maxAmountPerDay' | 'maxAmountPerMonth') => {
    const limit = limits[field];
    return limit && fromMajor(limit.amount, limit.currency, `parameters.limits.${field}`);
  };
  const row = world.state.paymentConsents.put({
    id: randomUUID(),
    tenantId: wallet.tenantId,
    accountId: wallet.id,
    operationType,
    title: given.title,
    status: 'PENDING',
    answer: String(randomInt(100_000, 999_999)),
    validFrom: instant(validity.startDate, 'startDate', 0),
    validTo: instant(validity.endDate, 'endDate', DAY - 1),
    maxUsageCount: validity.maxUsageCount,
    perTransaction: minor('maxAmountPerTransaction'),
    perDay: minor('maxAmountPerDay'),
    perMonth: minor('maxAmountPerMonth'),
    transactionsPerDay: limits.maxTransactionsPerDay,
    allowedAccounts: beneficiaries.allowNewBeneficiaries ? [] : beneficiaries.allowedAccounts.map(plainIban),
    createdAt: iso(now),
  });
  recordMaking(world, wallet.tenantId, 'payment-consent', wallet.id, row.id);
  const claims = { sub: row.id, consentId: row.id, answer: row.answer, iat: Math.floor(now / 1000) };
  return world.profile.shapes.paymentConsentCreated(row, signJwt(claims, world.state.signingSecret()));
}

/** A date or time as milliseconds; a bare date ends `dayPart` ms after its start. */
function instant(given: string | undefined, field: string, dayPart: number): number | undefined {
  if (given === undefined) return undefined;
  const time = Date.parse(given);
  if (Number.isNaN(time)) throw invalid({ field: `parameters.validity.${field}`, message: 'Must be a date' });
  return /^\d{4}-\d{2}-\d{2}$/.test(given) ? time + dayPart : time;
}

function listPaymentConsents(call: Call): Answer {
  const consents = call.world.state.paymentConsents.by('account', activatedWalletOf(call).id);
  return { message: 'Success', data: consents.map((consent) => paymentConsentView(call.world, consent, call.now)) };
}

function showPaymentConsent(call: Call): Answer {
  return { message: 'Success', data: paymentConsentView(call.world, paymentConsentOf(call), call.now) };
}

function revokePaymentConsent(call: Call): Answer {
  const consent = paymentConsentOf(call);
  const revoked = call.world.state.paymentConsents.patch(consent.id, { status: 'REVOKED' });
  recordUndoing(call.world, consent.tenantId, 'payment-consent', consent.accountId, consent.id);
  return { message: 'Success', data: paymentConsentView(call.world, revoked, call.now) };
}

function approvePaymentConsent(call: Call): Answer {
  const { state } = call.world;
  const consent = state.paymentConsents.get(call.param('consentId'));
  if (consent?.tenantId !== call.tenant.id) throw notFound('Payment consent');
  walletOf(call, consent.accountId);
  if (consent.status === 'REVOKED') throw new Refusal(409, 'Payment consent is REVOKED');
  const approved = state.paymentConsents.patch(consent.id, { status: 'ACTIVE' });
  return { message: 'Success', data: paymentConsentView(call.world, approved, call.now) };
}

function paymentConsentOf(call: Call): PaymentConsent {
  const wallet = activatedWalletOf(call);
  const consent = call.world.state.paymentConsents.get(call.param('consentId'));
  if (consent?.accountId !== wallet.id) throw notFound('Payment consent');
  return consent;
}
