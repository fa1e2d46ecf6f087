import { z } from 'zod';
import { customerRequestSchemas } from '../../client/customer-requests.js';
import type { CustomerMessage } from '../../lifecycle/customer-messages.js';
import { route, type Call, type Route } from '../route.js';
import { answered, MESSAGE_ANSWERS } from './answers.js';
import { idOf, name } from './ids.js';

const params = z.object({ customerId: name.describe("FinHub's id of a customer whose account is active") });

const FOR_CUSTOMER = {
  method: 'POST',
  tag: 'Payments',
  scopes: ['payments:write'],
  params,
  once: true,
  answers: MESSAGE_ANSWERS,
  description: 'It is carried out in its turn; the status of the case `customer` shows what came of it.',
} as const;

const BENEFICIARY = {
  ...{ ref: 'gallery', name: 'Galerie am Ufer GmbH', partyType: 'BUSINESS_CUSTOMER' },
  ...{ iban: 'DE44500105175407324931', bic: 'INGDDEFF', currency: 'EUR', country: 'DE' },
};

const CONSENT = {
  ...{ title: 'Rent and supplies', validDays: 365, transactionsPerDay: 10 },
  perTransaction: { value: '500.00', currency: 'EUR' },
  perDay: { value: '1500.00', currency: 'EUR' },
};

/** What is asked for a customer after activation. */
export const FOR_LIVING_CUSTOMERS: readonly Route[] = [
  route({
    ...FOR_CUSTOMER,
    operation: 'addBeneficiary',
    path: '/v1/customers/{customerId}/beneficiaries',
    summary: 'Adds a beneficiary, whom FinHub screens',
    commands: ['starter add-beneficiary'],
    message: 'addBeneficiary',
    body: {
      name: 'NewBeneficiary',
      checked: customerRequestSchemas.addBeneficiary,
      example: { by: 'backoffice-web', beneficiary: BENEFICIARY },
    },
    handle: (call) => asked(call, 'addBeneficiary'),
  }),
  route({
    ...FOR_CUSTOMER,
    operation: 'removeBeneficiary',
    path: '/v1/customers/{customerId}/beneficiary-removals',
    summary: 'Removes a beneficiary',
    commands: ['starter remove-beneficiary'],
    message: 'removeBeneficiary',
    body: {
      name: 'BeneficiaryRemoval',
      checked: customerRequestSchemas.removeBeneficiary,
      example: { by: 'backoffice-web', ref: 'gallery' },
    },
    handle: (call) => asked(call, 'removeBeneficiary'),
  }),
  route({
    ...FOR_CUSTOMER,
    operation: 'makePaymentConsent',
    path: '/v1/customers/{customerId}/payment-consents',
    summary: 'Makes a payment consent in place of the present one; without terms, renews it',
    commands: ['starter make-payment-consent'],
    message: 'makePaymentConsent',
    body: {
      name: 'NewPaymentConsent',
      checked: customerRequestSchemas.makePaymentConsent,
      example: { by: 'backoffice-web', consent: CONSENT },
    },
    handle: (call) => asked(call, 'makePaymentConsent'),
  }),
  route({
    ...FOR_CUSTOMER,
    operation: 'revokePaymentConsent',
    path: '/v1/customers/{customerId}/payment-consent-revocations',
    summary: 'Revokes the payment consent: nothing is paid by it any more',
    commands: ['starter revoke-payment-consent'],
    message: 'revokePaymentConsent',
    body: {
      name: 'PaymentConsentRevocation',
      checked: customerRequestSchemas.revokePaymentConsent,
      example: { by: 'backoffice-web', reason: 'asked for by the customer' },
    },
    handle: (call) => asked(call, 'revokePaymentConsent'),
  }),
];

async function asked(
  { caller, client, params: { customerId }, body, messageId }: Call<z.output<typeof params>, undefined, object>,
  what: CustomerMessage,
): Promise<ReturnType<typeof answered>> {
  const id = idOf(caller, { kind: 'customer', id: customerId });
  return answered(await client.ask(id, what, body as never, { messageId: messageId(body) }));
}
