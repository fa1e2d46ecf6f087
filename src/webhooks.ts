import { addCommand, createProgram, print, runProgram } from './cli/program.js';
import { connectClient } from './client/index.js';
import { takeWebhook } from './client/take-webhook.js';
import { ConfigurationError } from './config/configuration-error.js';
import { loadEnvironment } from './config/environment.js';
import { type WorkerConfiguration } from './config/configurations.js';
import { FinHubClient } from './finhub/client.js';
import { WebhookSubscriptions, type Delivery, type WebhookTarget } from './finhub/webhook-subscription.js';

/** FinHub signs with the last secret of FINHUB_WEBHOOK_SECRET. */
interface Subscribed {
  config: WorkerConfiguration;
  target: WebhookTarget;
  subscriptions: WebhookSubscriptions;
}

const program = createProgram(
  'webhooks',
  "Manages the tenant's webhooks at FinHub, with the worker's configuration, FINHUB_WEBHOOK_URL and FINHUB_WEBHOOK_SECRET.",
);

addCommand(program, 'ensure', "subscribes FINHUB_WEBHOOK_URL to FinHub's webhooks, unless it is subscribed", [
  'ensure',
]).action(({ json }: Json) =>
  withSubscriptions(async ({ subscriptions, target }) => {
    const ensured = await subscriptions.ensure(target);
    print(json, ensured, ({ subscriptionId, how }) => `subscription ${subscriptionId}: ${how}`);
  }),
);

addCommand(program, 'status', "shows the subscription and the results of FinHub's deliveries", ['status']).action(
  ({ json }: Json) =>
    withSubscriptions(async ({ subscriptions, target }) => {
      const found = await existing(subscriptions, target);
      const deliveries = countsOf(await subscriptions.deliveries(found.subscriptionId));
      print(json, { ...found, deliveries }, ({ subscriptionId, status = 'unknown' }) =>
        [
          `subscription ${subscriptionId}: ${status}`,
          ...Object.entries(deliveries).map(([what, n]) => `${n} ${what}`),
        ].join('\n'),
      );
    }),
);

addCommand(program, 'rotate', 'makes FinHub sign with the last secret of FINHUB_WEBHOOK_SECRET', ['rotate']).action(
  ({ json }: Json) =>
    withSubscriptions(async ({ subscriptions, target }) => {
      const { subscriptionId } = await existing(subscriptions, target);
      await subscriptions.rotate(subscriptionId, target);
      print(json, { subscriptionId }, () => `subscription ${subscriptionId} signs with the last secret`);
    }),
);

addCommand(program, 'replay', 'processes deliveries again that FinHub could not make; safe to repeat', [
  'replay',
  'replay --all',
])
  .option('--all', 'also those that FinHub counts as delivered')
  .action(({ json, all }: Json & { all?: boolean }) =>
    withSubscriptions(async ({ config, subscriptions, target }) => {
      const { subscriptionId } = await existing(subscriptions, target);
      const chosen = (await subscriptions.deliveries(subscriptionId)).filter(
        ({ status }) => all === true || status !== 'DELIVERED',
      );
      const temporal = await connectClient(config.temporal, config.keys);
      try {
        for (const { deliveryId } of chosen) {
          const { eventId = deliveryId, eventType: type = 'unknown', ids } = await subscriptions.delivery(deliveryId);
          const hint = { eventId, type, ids, at: new Date().toISOString() };
          await takeWebhook(temporal, config.finhub.tenantId, hint);
        }
      } finally {
        await temporal.connection.close();
      }
      print(json, { replayed: chosen.length }, ({ replayed }) => `${replayed} webhooks processed`);
    }),
  );

interface Json {
  json?: boolean;
}

await runProgram(program);

async function withSubscriptions(use: (subscribed: Subscribed) => Promise<void>): Promise<void> {
  const config = loadEnvironment('worker');
  const { webhookTarget: target } = config;
  if (!target) {
    const message = 'is missing, or FINHUB_WEBHOOK_SECRET is: the address for webhooks, and the secret that signs them';
    throw new ConfigurationError([{ variable: 'FINHUB_WEBHOOK_URL', message }]);
  }
  const client = new FinHubClient(config.finhub);
  try {
    await use({ config, target, subscriptions: new WebhookSubscriptions(client) });
  } finally {
    await client.close();
  }
}

async function existing(subscriptions: WebhookSubscriptions, { url }: WebhookTarget) {
  const found = await subscriptions.find(url);
  if (!found) throw new Error(`FinHub sends nothing to ${url}: npm run webhooks -- ensure`);
  return found;
}

function countsOf(deliveries: readonly Delivery[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status } of deliveries) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}
