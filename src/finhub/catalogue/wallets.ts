import { z } from 'zod';
import { endpoint } from '../endpoint.js';
import { amountIn } from './amounts.js';
import { at, firstId, firstText, Id, listIn, requiredList, requiredText } from './fields.js';

/** T1, T8, T17. */
export const listWallets = endpoint({
  operation: 'listWallets',
  summary: "Lists a customer's wallets; the one with an IBAN is the account",
  method: 'GET',
  path: '/api/v2.1/wallets/customer/{customerId}',
  auth: 'customer',
  sources: ['T1', 'T8', 'T17'],
  request: z.strictObject({ customerId: Id, customerType: z.enum(['B2C', 'B2B']) }),
  query: ({ customerType }) => ({ customerType }),
  response: z.unknown().transform((data, context) => ({
    wallets: requiredList(data, context, 'wallets', 'content', 'items').map((item) => ({
      accountId: firstId(item, 'walletId', 'id', 'accountId'),
      /** The owner, if the list names one. */
      customerId: firstText(item, 'customerId'),
      status: firstText(item, 'status', 'walletStatus'),
      currency: firstText(item, 'currency'),
      iban: firstText(item, 'iban'),
    })),
  })),
  personal: ['iban'],
  idempotency: { class: 'safe' },
});

/** S0, S1, S2, F6, T1. */
export const getBalance = endpoint({
  operation: 'getBalance',
  summary: "Reads an account's balance",
  method: 'GET',
  path: '/api/v2.1/fintrans/{accountId}/balance',
  auth: 'customer',
  sources: ['S0', 'S1', 'S2', 'F6', 'T1', 'T17'],
  request: z.strictObject({ accountId: Id }),
  response: z.unknown().transform((data, context) => {
    const currency = firstText(data, 'currency');
    return {
      currency,
      status: firstText(data, 'status'),
      available: amountIn(data, context, currency, 'availableBalance', 'balances.available', 'currentBalance'),
      blocked: amountIn(data, context, currency, 'blockedBalance', 'balances.reserved'),
    };
  }),
  personal: ['available', 'blocked'],
  idempotency: { class: 'safe' },
});

/** S1, F6, T7; the limits have the form that REF shows beside prepare (T3). */
export const getAllowedOperations = endpoint({
  operation: 'getAllowedOperations',
  summary: 'Reads which operations an account may make, and within which limits',
  method: 'GET',
  path: '/api/v2.1/fintrans/{accountId}/allowed-operations',
  auth: 'customer',
  sources: ['S1', 'F6', 'T3', 'T7'],
  request: z.strictObject({ accountId: Id }),
  query: () => ({ includeBeneficiaries: 'false', includeConsents: 'false' }),
  response: z.unknown().transform((data, context) => {
    const currency = firstText(data, 'limits.currency', 'currency', 'accounts.0.currency');
    const ceiling = (name: string) => {
      const place = `limits.${name}`;
      const own = firstText(data, `${place}.currency`) ?? currency;
      return {
        limit: amountIn(data, context, own, place),
        remaining: amountIn(data, context, own, `${place}.remaining`),
      };
    };
    return {
      operations: listIn(data, 'operations', 'allowedOperations', 'operationTypes')
        .map((item) => (typeof item === 'string' ? item : firstText(item, 'opType', 'operationType', 'type', 'name')))
        .filter((name) => name !== undefined),
      perTransaction: ceiling('perTransaction').limit,
      perDay: at(data, 'limits.daily') ? ceiling('daily') : undefined,
      perMonth: at(data, 'limits.monthly') ? ceiling('monthly') : undefined,
    };
  }),
  idempotency: { class: 'safe' },
});

/** Named only, in a warning. A8. */
export const getWalletStatus = endpoint({
  operation: 'getWalletStatus',
  summary: "Reads the state of an organization's wallet",
  method: 'GET',
  path: '/api/v2.1/customer/organization/{organizationId}/wallet-status',
  auth: 'admin',
  sources: ['A8'],
  assumed: 'The response has `status`, and `iban` once there is one.',
  request: z.strictObject({ organizationId: Id }),
  response: z.unknown().transform((data, context) => ({
    status: requiredText(data, context, 'walletStatus', 'wallet.status', 'status'),
    accountId: firstId(data, 'walletId', 'wallet.walletId', 'wallet.id'),
    iban: firstText(data, 'iban', 'wallet.iban'),
  })),
  personal: ['iban'],
  idempotency: { class: 'safe' },
});
