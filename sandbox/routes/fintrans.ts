import { riskOf } from '../activation.js';
import { activatedWalletOf, activeWalletOf, callerOf, operationOf, type Call, type Route } from '../call.js';
import { iso } from '../clock.js';
import { formatted } from '../amounts.js';
import { execute, prepare } from '../orders.js';
import { categoryLimits, executedOrders, usage, paymentConsentView } from '../payment-consents.js';
import type { Answer } from '../profiles/answer.js';
import { walletView } from '../profiles/runner-views.js';
import { notFound } from '../refusal.js';
import type { Customer } from '../records.js';

const ACCOUNT = '/api/v2.1/fintrans/{accountId}';

export const fintransRoutes: readonly Route[] = [
  { method: 'GET', path: `${ACCOUNT}/balance`, access: 'session', handle: balance },
  { method: 'GET', path: `${ACCOUNT}/allowed-operations`, access: 'session', handle: allowedOperations },
  { method: 'POST', path: `${ACCOUNT}/types/{operationType}/prepare`, access: 'session', handle: prepareOrder },
  { method: 'POST', path: `${ACCOUNT}/types/{operationType}/execute`, access: 'session', handle: executeOrder },
  { method: 'GET', path: `${ACCOUNT}/orders/{orderId}`, access: 'session', handle: showOrder },
];

function balance(call: Call): Answer {
  const wallet = activatedWalletOf(call);
  const settled = call.world.state.orders.by('account', wallet.id).map(({ settledAt }) => settledAt ?? '');
  return call.world.profile.shapes.balance(wallet, settled.sort().at(-1) || null);
}

function allowedOperations(call: Call): Answer {
  const { state } = call.world;
  const wallet = activatedWalletOf(call);
  const customer = state.customers.get(wallet.customerId) as Customer;
  const limits = customer.kind === 'INDIVIDUAL' ? categoryLimits(riskOf(call.world, customer)) : {};
  const used = usage(executedOrders(state, wallet.id), call.now);
  const major = (minor: number | undefined) => (minor === undefined ? null : formatted(minor, wallet.currency));
  const ceiling = (limit: number | undefined, spent: number) =>
    limit === undefined
      ? null
      : {
          value: major(limit),
          currency: wallet.currency,
          used: major(spent),
          remaining: major(Math.max(0, limit - spent)),
        };
  const consents = state.paymentConsents.by('account', wallet.id);
  const hasValidPaymentConsent = consents.some(
    (consent) => paymentConsentView(call.world, consent, call.now).status === 'ACTIVE',
  );
  const data = {
    sessionId: callerOf(call).sessionId,
    tenantId: call.tenant.id,
    time: iso(call.now),
    accounts: [
      {
        ...walletView(wallet),
        type: 'CONSUMER_WALLET',
        flags: {},
        ownerId: wallet.customerId,
        assetId: wallet.assetId,
      },
    ],
    allowedOperations: [
      { operationType: 'TRANSFER', networks: ['SEPA'] },
      { operationType: 'TOPUP', networks: ['SEPA'] },
      { operationType: 'WITHDRAW', networks: ['SEPA'] },
    ],
    limits: {
      currency: wallet.currency,
      perTransaction: major(limits.perTransaction),
      daily: ceiling(limits.perDay, used.today),
      monthly: ceiling(limits.perMonth, used.thisMonth),
    },
    consentStatus: { hasValidPaymentConsent, hasRecurringPaymentConsent: false, hasPreApprovalConsent: false },
    ...(call.query['includeBeneficiaries'] === 'true' && {
      beneficiaries: state.beneficiaries
        .by('account', wallet.id)
        .map(({ id, assetId, name, iban }) => ({ id, assetId, name, iban })),
    }),
    ...(call.query['includeConsents'] === 'true' && {
      consents: consents.map((consent) => paymentConsentView(call.world, consent, call.now)),
    }),
  };
  return { message: 'Success', data };
}

function prepareOrder(call: Call): Answer {
  return call.world.profile.shapes.prepared(prepare(call, activeWalletOf(call), operationOf(call)));
}

function executeOrder(call: Call): Answer {
  return call.world.profile.shapes.executed(execute(call, activatedWalletOf(call), operationOf(call)));
}

function showOrder(call: Call): Answer {
  const wallet = activatedWalletOf(call);
  const order = call.world.state.orders.get(call.param('orderId'));
  if (order?.accountId !== wallet.id) throw notFound('Order');
  return call.world.profile.shapes.order(order);
}
