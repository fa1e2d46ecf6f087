import { z } from 'zod';
import { route, type Call, type Route } from '../route.js';
import * as schemas from '../schemas/messages.js';
import { answered, MESSAGE_ANSWERS } from './answers.js';
import { caseParams, idOf, name } from './ids.js';

type CaseCall = Call<z.output<typeof caseParams>, undefined, unknown>;

const ONBOARDING = {
  method: 'POST',
  tag: 'Onboarding',
  scopes: ['onboarding:write'],
  params: caseParams,
  once: true,
  answers: MESSAGE_ANSWERS,
} as const;

const PAYMENTS = {
  ...ONBOARDING,
  tag: 'Payments',
  scopes: ['payments:write'],
  params: z.object({ reference: name }),
} as const;

const address = ({ caller, params }: CaseCall): string => idOf(caller, params);

/** What a backend says for its customer. */
export const FOR_CUSTOMERS: readonly Route[] = [
  route({
    ...ONBOARDING,
    operation: 'submitDocuments',
    path: '/v1/cases/{kind}/{id}/documents',
    summary: "Hands in documents for the review's open round",
    commands: ['starter submit-documents'],
    message: 'submitDocuments',
    body: {
      name: 'Submission',
      example: {
        submittedBy: 'backoffice-web',
        documents: [{ type: 'PASSPORT', fileName: 'passport.pdf', content: 'JVBERi0xLjcKJSVFT0YK' }],
      },
    },
    async handle(call) {
      const body = call.body as Parameters<typeof call.client.submitDocuments>[1];
      return answered(await call.client.submitDocuments(address(call), body, { messageId: call.messageId(body) }));
    },
  }),
  route({
    ...ONBOARDING,
    operation: 'acceptConsents',
    path: '/v1/cases/{kind}/{id}/consents',
    summary: 'Hands on that the customer accepted the three consents',
    commands: ['starter accept-consents'],
    message: 'acceptConsents',
    body: {
      name: 'Consents',
      example: {
        version: '1.0',
        acceptedAt: '2025-11-03T09:41:12Z',
        ipAddress: '192.0.2.24',
        userAgent: 'Mozilla/5.0 (X11; Linux x86_64)',
      },
    },
    async handle(call) {
      const body = call.body as Parameters<typeof call.client.acceptConsents>[1];
      return answered(await call.client.acceptConsents(address(call), body, { messageId: call.messageId(body) }));
    },
  }),
  route({
    ...ONBOARDING,
    operation: 'submitActivationCode',
    path: '/v1/cases/{kind}/{id}/activation-code',
    summary: 'Hands on the code that FinHub mailed to the customer',
    commands: ['starter submit-activation-code'],
    message: 'submitActivationCode',
    body: { name: 'ActivationCode', checked: schemas.activationCode, example: { code: 'ACTIVATION_CODE_1762162800' } },
    async handle(call) {
      const messageId = call.messageId(call.body);
      return answered(await call.client.submitActivationCode(address(call), call.body.code, { messageId }));
    },
  }),
  route({
    ...ONBOARDING,
    operation: 'correctApplication',
    path: '/v1/cases/{kind}/{id}/corrections',
    summary: 'Corrects fields of the application by a JSON merge patch',
    commands: ['starter correct'],
    message: 'correctApplication',
    body: {
      name: 'Correction',
      checked: schemas.correction,
      example: { correctedBy: 'backoffice-web', patch: { person: { phone: '+37060000102' } } },
    },
    async handle(call) {
      const messageId = call.messageId(call.body);
      return answered(await call.client.correctApplication(address(call), call.body, { messageId }));
    },
  }),
  route({
    ...ONBOARDING,
    operation: 'cancelCase',
    path: '/v1/cases/{kind}/{id}/cancellation',
    scopes: ['onboarding:write', 'operate'],
    summary: 'Ends a case; what FinHub holds already stays there',
    commands: ['starter cancel', 'operator cancel'],
    message: 'cancel',
    body: {
      name: 'Cancellation',
      checked: schemas.cancellation,
      example: { by: 'backoffice-web', reason: 'withdrawn by the customer' },
    },
    async handle(call) {
      const { proof, ...body } = call.body;
      const messageId = call.messageId(call.body);
      return answered(await call.client.send(address(call), 'cancel', body, { messageId, proof }));
    },
  }),
  route({
    ...PAYMENTS,
    operation: 'confirmTransfer',
    path: '/v1/transfers/{reference}/confirmation',
    summary: "Hands on the customer's word on a prepared order",
    commands: ['starter confirm-transfer'],
    message: 'confirmTransfer',
    body: {
      name: 'Confirmation',
      checked: schemas.confirmation,
      example: { by: 'customer', orderId: '621d1386-f2fb-4655-88a8-997db0ec446a' },
    },
    async handle({ caller, client, params, body, messageId }) {
      const id = idOf(caller, { kind: 'transfer', id: params.reference });
      return answered(await client.confirmTransfer(id, body, { messageId: messageId(body) }));
    },
  }),
  route({
    ...PAYMENTS,
    operation: 'decideTransfer',
    path: '/v1/transfers/{reference}/decision',
    summary: 'Hands on what a TRANSACTION_APPROVER says to a transfer',
    commands: ['starter decide-transfer'],
    message: 'decideTransfer',
    body: {
      name: 'TransferDecision',
      checked: schemas.transferDecision,
      example: { by: 'employee-anke', verdict: 'approve' },
    },
    async handle({ caller, client, params, body, messageId }) {
      const id = idOf(caller, { kind: 'transfer', id: params.reference });
      return answered(await client.decideTransfer(id, body, { messageId: messageId(body) }));
    },
  }),
];
