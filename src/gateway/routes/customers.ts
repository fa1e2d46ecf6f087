import { z } from 'zod';
import { customerRequestSchemas } from '../../client/customer-requests.js';
import type { CustomerMessage } from '../../lifecycle/customer-messages.js';
import { route, type Route } from '../route.js';
import { answered, MESSAGE_ANSWERS } from './answers.js';
import { idOf, name } from './ids.js';

const params = z.object({ customerId: name.describe("FinHub's id of a customer whose account is active") });

const BENEFICIARY = {
  ...{ ref: 'gallery', name: 'Galerie am Ufer GmbH', partyType: 'BUSINESS_CUSTOMER' },
  ...{ iban: 'DE44500105175407324931', bic: 'INGDDEFF', currency: 'EUR', country: 'DE' },
};

const CONSENT = {
  ...{ title: 'Rent and supplies', validDays: 365, transactionsPerDay: 10 },
  perTransaction: { value: '500.00', currency: 'EUR' },
  perDay: { value: '1500.00', currency: 'EUR' },
};

interface Asked {
  /** Below `/v1/customers/{customerId}/`. */
  path: string;
  command: string;
  summary: string;
  /** The body's name in OpenAPI. */
  body: string;
  example: object;
}

/** The route of a message for a customer's case: operation, message and body go by one name. */
function asking(message: CustomerMessage, { path, command, summary, body, example }: Asked): Route {
  return route({
    operation: message,
    method: 'POST',
    path: `/v1/customers/{customerId}/${path}`,
    tag: 'Payments',
    scopes: ['payments:write'],
    summary,
    description: 'It is carried out in its turn; the status of the case `customer` shows what came of it.',
    commands: [`starter ${command}`],
    message,
    params,
    once: true,
    body: { name: body, checked: customerRequestSchemas[message], example: { by: 'backoffice-web', ...example } },
    answers: MESSAGE_ANSWERS,
    async handle({ caller, client, params: { customerId }, body, messageId }) {
      const id = idOf(caller, { kind: 'customer', id: customerId });
      return answered(await client.ask(id, message, body, { messageId: messageId(body) }));
    },
  });
}

/** What is asked for a customer after activation. */
export const FOR_LIVING_CUSTOMERS: readonly Route[] = [
  asking('addBeneficiary', {
    path: 'beneficiaries',
    command: 'add-beneficiary',
    summary: 'Adds a beneficiary, whom FinHub screens',
    body: 'NewBeneficiary',
    example: { beneficiary: BENEFICIARY },
  }),
  asking('removeBeneficiary', {
    path: 'beneficiary-removals',
    command: 'remove-beneficiary',
    summary: 'Removes a beneficiary',
    body: 'BeneficiaryRemoval',
    example: { ref: 'gallery' },
  }),
  asking('makePaymentConsent', {
    path: 'payment-consents',
    command: 'make-payment-consent',
    summary: 'Makes a payment consent in place of the present one; without terms, renews it',
    body: 'NewPaymentConsent',
    example: { consent: CONSENT },
  }),
  asking('revokePaymentConsent', {
    path: 'payment-consent-revocations',
    command: 'revoke-payment-consent',
    summary: 'Revokes the payment consent: nothing is paid by it any more',
    body: 'PaymentConsentRevocation',
    example: { reason: 'asked for by the customer' },
  }),
];
