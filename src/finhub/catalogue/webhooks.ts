import { z } from 'zod';
import { idsInWebhook } from '../../lifecycle/webhook-ids.js';
import { plain, secret } from '../../contract/marks.js';
import { endpoint } from '../endpoint.js';
import { absenceFrom, absent, isWhole } from './absence.js';
import { at, firstId, firstText, Id, Nothing, requiredId, requiredList, textsIn } from './fields.js';

const SUBSCRIPTIONS = '/api/v2.1/webhooks/subscriptions';
const SUBSCRIPTION = `${SUBSCRIPTIONS}/{subscriptionId}`;

/** The names of a subscription's id: `data.id` in the API file, `data.webhookId` in the narrative (facts W01). */
const ID_NAMES = ['subscriptionId', 'webhookId', 'id'] as const;

const subscriptionOf = (item: unknown, context: z.core.$RefinementCtx) => ({
  subscriptionId: requiredId(item, context, ...ID_NAMES),
  name: firstText(item, 'subscriptionName', 'name'),
  url: firstText(item, 'endpointUrl', 'url'),
  status: firstText(item, 'status')?.toLowerCase(),
  events: textsIn(at(item, 'subscribedEvents') ?? at(item, 'events')),
});

/** The fields of W01 in the API file (A14), which is newer than the narrative. */
const Subscription = z.strictObject({
  name: plain(z.string().min(1).max(100)),
  description: plain(z.string().max(500)),
  url: plain(z.url()),
  secretKey: secret(z.string().min(24).max(200)),
  events: z.array(plain(z.string())).min(1),
  /** Retries after the first attempt. */
  maxRetryAttempts: z.int(),
  retryBackoffSeconds: z.int(),
});

const wireForm = ({ name, description, url, secretKey, events, ...retries }: z.output<typeof Subscription>) => ({
  subscriptionName: name,
  description,
  endpointUrl: url,
  secretKey,
  signatureAlgorithm: 'HMAC_SHA256',
  verifySsl: true,
  subscribedEvents: events,
  ...retries,
});

/** W02, named only. */
export const listWebhookSubscriptions = endpoint({
  operation: 'listWebhookSubscriptions',
  summary: "Lists the tenant's webhook subscriptions",
  method: 'GET',
  path: SUBSCRIPTIONS,
  auth: 'admin',
  sources: ['W1'],
  assumed: 'The response is a list, bare or named, of subscriptions with an id, `subscriptionName` and `endpointUrl`.',
  request: plain(z.strictObject({})),
  response: z.unknown().transform((data, context) => {
    const list = requiredList(data, context, 'subscriptions', 'webhooks', 'items', 'content');
    return { subscriptions: list.map((item) => subscriptionOf(item, context)), whole: isWhole(data, list.length) };
  }),
  idempotency: { class: 'safe' },
});

/** W01. A second subscription would deliver the same events again. */
export const createWebhookSubscription = endpoint({
  operation: 'createWebhookSubscription',
  summary: 'Subscribes an address to events',
  method: 'POST',
  path: SUBSCRIPTIONS,
  auth: 'admin',
  sources: ['W1', 'A14'],
  assumed: 'The request takes the fields of A14, and `HMAC_SHA256` names the algorithm.',
  request: Subscription,
  body: wireForm,
  response: z.unknown().transform((data, context) => ({ subscriptionId: requiredId(data, context, ...ID_NAMES) })),
  idempotency: {
    class: 'guarded',
    readBack: {
      reads: [listWebhookSubscriptions],
      proof: 'it has our name and our address',
      absence: absenceFrom(listWebhookSubscriptions, 'name and address'),
      find: async ({ input: { name, url }, ...search }) => {
        const { subscriptions, whole } = await search.read(listWebhookSubscriptions, {});
        const others = subscriptions.filter(({ subscriptionId }) => !search.taken.includes(subscriptionId));
        const found = others.filter((one) => one.name === name && one.url === url);
        if (found.length > 0)
          return found.map(({ subscriptionId }) => ({ id: subscriptionId, result: { subscriptionId } }));
        const known = others.every((one) => one.name !== undefined && one.url !== undefined);
        return absent(search, listWebhookSubscriptions, { whole, known });
      },
    },
  },
});

/** W03, named only. */
export const getWebhookSubscription = endpoint({
  operation: 'getWebhookSubscription',
  summary: 'Reads a webhook subscription',
  method: 'GET',
  path: SUBSCRIPTION,
  auth: 'admin',
  sources: ['W1'],
  assumed: 'The response has the fields of W01, without the secret.',
  request: z.strictObject({ subscriptionId: Id }),
  response: z.unknown().transform(subscriptionOf),
  idempotency: { class: 'safe' },
});

/** W04, named only. */
export const updateWebhookSubscription = endpoint({
  operation: 'updateWebhookSubscription',
  summary: "Replaces a webhook subscription's settings, including its secret",
  method: 'PUT',
  path: SUBSCRIPTION,
  auth: 'admin',
  sources: ['W1'],
  assumed: 'The request takes all fields of W01; nothing of the response is used.',
  request: Subscription.extend({ subscriptionId: Id }),
  body: ({ subscriptionId: _, ...subscription }) => wireForm(subscription),
  response: Nothing,
  idempotency: { class: 'repeatable' },
});

/** W05, named only. */
export const removeWebhookSubscription = endpoint({
  operation: 'removeWebhookSubscription',
  summary: 'Ends a webhook subscription',
  method: 'DELETE',
  path: SUBSCRIPTION,
  auth: 'admin',
  sources: ['W1'],
  assumed: 'Nothing of the response is used; 404 means that the subscription is gone.',
  request: z.strictObject({ subscriptionId: Id }),
  response: Nothing,
  idempotency: {
    class: 'repeatable',
    readBack: {
      reads: [listWebhookSubscriptions],
      proof: 'no longer listed',
      absence: 'FinHub answers 404, or the complete list does not show it',
      find: async ({ input: { subscriptionId }, ...search }) => {
        const { subscriptions, whole } = await search.read(listWebhookSubscriptions, {});
        const isListed = subscriptions.some((one) => one.subscriptionId === subscriptionId);
        return !isListed && (whole || search.refusal === 'notFound')
          ? [{ id: subscriptionId, result: {} }]
          : 'notShown';
      },
    },
  },
});

const deliveryOf = (item: unknown, context: z.core.$RefinementCtx) => ({
  deliveryId: requiredId(item, context, 'deliveryId', 'id'),
  eventId: firstId(item, 'eventId', 'payload.id'),
  eventType: firstText(item, 'eventType', 'payload.type'),
  status: firstText(item, 'status')?.toUpperCase() ?? 'UNKNOWN',
});

/** W06, named only. */
export const listWebhookDeliveries = endpoint({
  operation: 'listWebhookDeliveries',
  summary: 'Lists the deliveries to a webhook subscription',
  method: 'GET',
  path: `${SUBSCRIPTION}/deliveries`,
  auth: 'admin',
  sources: ['W1'],
  assumed: 'The response is a list, bare or named, of deliveries with the fields of W07.',
  request: z.strictObject({ subscriptionId: Id }),
  response: z.unknown().transform((data, context) => {
    const list = requiredList(data, context, 'deliveries', 'items', 'content');
    return { deliveries: list.map((item) => deliveryOf(item, context)), whole: isWhole(data, list.length) };
  }),
  idempotency: { class: 'safe' },
});

/** W07. Of the payload we use only what a hint needs. */
export const getWebhookDelivery = endpoint({
  operation: 'getWebhookDelivery',
  summary: 'Reads one delivery of a webhook with its payload',
  method: 'GET',
  path: '/api/v2.1/webhooks/deliveries/{deliveryId}',
  auth: 'admin',
  sources: ['W1'],
  request: z.strictObject({ deliveryId: Id }),
  response: z.unknown().transform((data, context) => ({
    ...deliveryOf(data, context),
    ids: idsInWebhook(at(data, 'payload.data')),
  })),
  idempotency: { class: 'safe' },
});
