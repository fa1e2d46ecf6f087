import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Call, Route } from '../call.js';
import { iso } from '../clock.js';
import type { Answer } from '../profiles/answer.js';
import { notFound, read } from '../refusal.js';
import { fieldsOf } from '../registration.js';
import { recordMaking, recordUndoing } from '../world.js';
import { EVENT_TYPES } from '../webhooks/events.js';
import type { WebhookDelivery, WebhookSubscription } from '../webhooks/rows.js';

const SUBSCRIPTIONS = '/api/v2.1/webhooks/subscriptions';
const SUBSCRIPTION = `${SUBSCRIPTIONS}/{subscriptionId}`;

/** W01 to W07. Of W02 to W06 the pages give the names alone: the answers are what W01 and W07 lead to expect. */
export const webhookRoutes: readonly Route[] = [
  { method: 'POST', path: SUBSCRIPTIONS, access: 'admin', handle: subscribe },
  { method: 'GET', path: SUBSCRIPTIONS, access: 'admin', handle: listSubscriptions },
  { method: 'GET', path: SUBSCRIPTION, access: 'admin', handle: showSubscription },
  { method: 'PUT', path: SUBSCRIPTION, access: 'admin', handle: changeSubscription },
  { method: 'DELETE', path: SUBSCRIPTION, access: 'admin', handle: unsubscribe },
  { method: 'GET', path: `${SUBSCRIPTION}/deliveries`, access: 'admin', handle: listDeliveries },
  { method: 'GET', path: '/api/v2.1/webhooks/deliveries/{deliveryId}', access: 'admin', handle: showDelivery },
];

/** HTTPS, unless it stays on this machine. */
const endpointUrl = z.url({ protocol: /^https?$/ }).refine((url) => {
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}, 'Must be an HTTPS URL');

const wanted = z.looseObject({
  subscriptionName: z.string().min(1),
  description: z.string().default(''),
  endpointUrl,
  secretKey: z.string().min(16),
  signatureAlgorithm: z.literal('HMAC_SHA256').default('HMAC_SHA256'),
  verifySsl: z.boolean().default(true),
  subscribedEvents: z.array(z.enum(EVENT_TYPES)).min(1),
  maxRetryAttempts: z.int().min(0).max(20).default(5),
  retryBackoffSeconds: z.int().min(0).max(3600).default(60),
});

function subscribe(call: Call): Answer {
  const given = read(wanted, fieldsOf(call.body));
  const { state } = call.world;
  const row = state.webhookSubscriptions.put({
    ...fieldsFrom(given),
    id: randomUUID(),
    tenantId: call.tenant.id,
    createdAt: iso(call.now),
  });
  recordMaking(call.world, call.tenant.id, 'webhook-subscription', row.endpointUrl, row.id);
  return { status: 201, message: 'Webhook subscription created', data: viewOf(row) };
}

function listSubscriptions(call: Call): Answer {
  const { state } = call.world;
  const own = state.webhookSubscriptions.all().filter(({ tenantId }) => tenantId === call.tenant.id);
  return { message: 'Success', data: { subscriptions: own.map(viewOf), total: own.length } };
}

function showSubscription(call: Call): Answer {
  return { message: 'Success', data: viewOf(subscriptionOf(call)) };
}

function changeSubscription(call: Call): Answer {
  const { id } = subscriptionOf(call);
  const changed = call.world.state.webhookSubscriptions.patch(id, fieldsFrom(read(wanted, fieldsOf(call.body))));
  return { message: 'Success', data: viewOf(changed) };
}

function unsubscribe(call: Call): Answer {
  const { id, tenantId, endpointUrl: url } = subscriptionOf(call);
  call.world.state.webhookSubscriptions.delete(id);
  recordUndoing(call.world, tenantId, 'webhook-subscription', url, id);
  return { message: 'Success', data: {} };
}

function listDeliveries(call: Call): Answer {
  const { id } = subscriptionOf(call);
  const deliveries = call.world.state.webhookDeliveries.by('subscription', id).map((one) => summaryOf(call, one));
  return { message: 'Success', data: { deliveries, total: deliveries.length } };
}

function showDelivery(call: Call): Answer {
  const delivery = call.world.state.webhookDeliveries.get(call.param('deliveryId'));
  if (delivery?.tenantId !== call.tenant.id) throw notFound('Webhook delivery');
  return {
    message: 'Success',
    data: {
      ...summaryOf(call, delivery),
      payload: delivery.event,
      requestHeaders: { 'Content-Type': 'application/json', 'X-FinHub-Signature': 'sha256=…' },
      attempts: delivery.attempts,
    },
  };
}

function summaryOf(call: Call, { id, subscriptionId, event, status, attempts }: WebhookDelivery) {
  return {
    ...{ deliveryId: id, subscriptionId, eventId: event.id, eventType: event.type, status },
    url: call.world.state.webhookSubscriptions.get(subscriptionId)?.endpointUrl,
    responseCode: attempts.at(-1)?.responseCode ?? null,
  };
}

/** The secret is not returned again. */
function viewOf({ secretKey: _, tenantId: __, ...rest }: WebhookSubscription) {
  return { ...rest, status: 'active' };
}

function fieldsFrom(given: z.output<typeof wanted>) {
  const { subscriptionName, description, secretKey, signatureAlgorithm, verifySsl, subscribedEvents } = given;
  const { maxRetryAttempts, retryBackoffSeconds, endpointUrl: url } = given;
  return {
    ...{ subscriptionName, description, endpointUrl: url, secretKey, signatureAlgorithm, verifySsl, subscribedEvents },
    ...{ maxRetryAttempts, retryBackoffSeconds },
  };
}

function subscriptionOf(call: Call): WebhookSubscription {
  const id = call.param('subscriptionId');
  const subscription = call.world.state.webhookSubscriptions.get(id);
  if (subscription?.tenantId !== call.tenant.id) throw notFound('Webhook subscription');
  return subscription;
}
