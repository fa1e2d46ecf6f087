import { CODES, type Code } from '../client/codes.js';
import { jsonSchema, type JsonSchema } from './components.js';
import { SIGNATURE_HEADER } from './finhub-signature.js';
import { webhookSchema } from './finhub-webhook.js';

/** Of the contract: how FinHub shows that a webhook is its own. */
export const WEBHOOK_SIGNATURE: JsonSchema = {
  type: 'apiKey',
  in: 'header',
  name: SIGNATURE_HEADER,
  description:
    '`sha256=` and the HMAC-SHA-256 of the body as it came, in hex or base64, by a secret of FINHUB_WEBHOOK_SECRET',
};

const refused = (code: Code): JsonSchema => ({
  description: CODES[code].meaning,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});

/** Where FinHub sends its webhooks, as OpenAPI has it. It is for nobody else, and has no scope. */
export const WEBHOOK_OPERATION: JsonSchema = {
  operationId: 'takeFinHubWebhook',
  tags: ['FinHub'],
  summary: "Takes one of FinHub's webhooks",
  description:
    'A hint, not a fact: whatever it says, the cases that it may be about read FinHub themselves. Answered once Temporal has it; anything but 2xx is for FinHub to repeat.',
  security: [{ finhubSignature: [] }],
  'x-scopes': [],
  parameters: [{ name: 'tenant', in: 'path', required: true, schema: { type: 'string' } }],
  requestBody: {
    required: true,
    content: {
      'application/json': {
        schema: jsonSchema(webhookSchema, 'input'),
        example: {
          id: 'evt_12345',
          type: 'customer.activated',
          timestamp: '2026-11-30T10:00:00Z',
          data: { customerId: '2dac1793-ab48-420c-b0b5-01292302e188' },
        },
      },
    },
  },
  responses: {
    202: {
      description: 'Temporal has it',
      content: {
        'application/json': {
          schema: { type: 'object', properties: { taken: { const: true } }, required: ['taken'] },
        },
      },
    },
    400: refused('WebhookOutdated'),
    403: refused('SignatureInvalid'),
    404: refused('NoSuchRoute'),
    413: refused('BodyTooLarge'),
    415: refused('MediaTypeUnsupported'),
    429: refused('TooManyRequests'),
    500: refused('Unexpected'),
    503: refused('NoAnswer'),
  },
};
