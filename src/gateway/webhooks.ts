import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { OnboardingClient } from '../client/index.js';
import { isSigned, SIGNATURE_HEADER } from './finhub-signature.js';
import { isInTime, MAX_WEBHOOK_BYTES, readWebhook, WebhookUnreadable, type FinHubWebhook } from './finhub-webhook.js';
import type { GatewayMetrics } from './metrics.js';
import { Refused } from './problem.js';

export interface WebhookOptions {
  /** The only tenant whose webhooks are taken. */
  tenantId: string;
  /** One, or two while FinHub moves from one to the other. */
  secrets: readonly string[];
  /** Older ones are refused. */
  maxAgeSeconds: number;
}

/** Where FinHub sends them, as Fastify writes it. */
export const WEBHOOKS_PATH = '/hooks/finhub/:tenant';

/** Webhooks that are read at a time. */
const MOST_AT_A_TIME = 32;

/**
 * Takes in FinHub's webhooks. Nothing that they say is believed: they are answered once Temporal has it that there was one, and the cases that
 * they may be about read FinHub themselves.
 */
export async function receiveWebhooks(
  server: FastifyInstance,
  { client, metrics, ...options }: WebhookOptions & { client: OnboardingClient; metrics: GatewayMetrics },
): Promise<void> {
  await server.register((own, _, done) => {
    // The signature is of the bytes.
    own.removeAllContentTypeParsers();
    own.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_WEBHOOK_BYTES }, (__, body, parsed) =>
      parsed(null, body),
    );
    let atATime = 0;
    own.post<{ Params: { tenant: string } }>(WEBHOOKS_PATH, {
      bodyLimit: MAX_WEBHOOK_BYTES,
      onRequest: (request, reply, next) => {
        if (request.params.tenant !== options.tenantId) return next(new Refused('NoSuchRoute'));
        if (atATime >= MOST_AT_A_TIME) return next(new Refused('TooManyRequests', 'too many webhooks at a time'));
        atATime += 1;
        reply.raw.once('close', () => (atATime -= 1));
        return next();
      },
      async handler(request, reply) {
        const webhook = admitted(request, options, metrics);
        const { eventId, type, ids, sentAt } = webhook;
        const now = new Date();
        try {
          await client.takeWebhook(options.tenantId, { eventId, type, ids, at: now.toISOString() });
        } catch (error) {
          metrics.webhook('notTaken');
          throw error;
        }
        metrics.webhook('taken', Math.max(0, (now.getTime() - sentAt.getTime()) / 1000));
        return reply.status(202).header('cache-control', 'no-store').send({ taken: true });
      },
    });
    done();
  });
}

/** @throws Refused */
function admitted(
  { headers, body }: FastifyRequest,
  { secrets, maxAgeSeconds }: WebhookOptions,
  metrics: GatewayMetrics,
): FinHubWebhook {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
  const signature = headers[SIGNATURE_HEADER];
  if (!isSigned(bytes, typeof signature === 'string' ? signature : undefined, secrets)) {
    metrics.webhook('unsigned');
    throw new Refused('SignatureInvalid');
  }
  if (!isPlainJson(headers)) {
    metrics.webhook('unreadable');
    throw new Refused('MediaTypeUnsupported', 'application/json in UTF-8 is expected, not compressed');
  }
  let webhook: FinHubWebhook;
  try {
    webhook = readWebhook(bytes);
  } catch (error) {
    if (!(error instanceof WebhookUnreadable)) throw error;
    metrics.webhook('unreadable');
    throw new Refused('BodyUnreadable', error.message);
  }
  if (!isInTime(webhook, new Date(), maxAgeSeconds)) {
    metrics.webhook('outdated');
    throw new Refused('WebhookOutdated');
  }
  return webhook;
}

function isPlainJson(headers: FastifyRequest['headers']): boolean {
  const encoding = headers['content-encoding'] ?? 'identity';
  const type = headers['content-type'] ?? '';
  return encoding === 'identity' && /^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(type);
}
