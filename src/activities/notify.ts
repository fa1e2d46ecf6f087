import { createHmac } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { EnvHttpProxyAgent, request } from 'undici';
import type { Notification } from '../lifecycle/notification.js';

/**
 * Where notifications go, and the secret that signs them: `whsec_` and base64, as in Standard Webhooks. While one secret replaces another,
 * both are given, separated by a comma, and each signs.
 */
export interface NotificationTarget {
  url: string;
  secret: string;
}

export interface NotifyActivities {
  /** Delivers at least once; the receiver recognizes repeats by `webhook-id`. Any response other than 2xx is tried again. */
  notify(notification: Notification): Promise<void>;
}

const TIMEOUT_MS = 15_000;

/** Uses `HTTPS_PROXY` or `HTTP_PROXY`, unless `NO_PROXY` names the receiver. */
const throughProxy = () => new EnvHttpProxyAgent();

export function notifyActivities(target: NotificationTarget | undefined): NotifyActivities {
  const dispatcher = target && throughProxy();
  return {
    async notify({ type, at, data }) {
      if (!target) return;
      const id = `${data.workflowId}#${data.sequence}`;
      const body = JSON.stringify({ type, timestamp: at, data });
      const timestamp = Math.floor(Date.now() / 1000).toString();
      // undici follows no redirects, so nobody can divert a notification.
      const response = await request(target.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'webhook-id': id,
          'webhook-timestamp': timestamp,
          'webhook-signature': signatures(target.secret, `${id}.${timestamp}.${body}`),
        },
        body,
        ...(dispatcher && { dispatcher }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      await response.body.dump();
      if (response.statusCode < 200 || response.statusCode >= 300) {
        throw ApplicationFailure.retryable(`the receiver answered ${response.statusCode}`, 'NotificationRefused');
      }
    },
  };
}

/** One signature for each secret, so that a receiver needs only one of them. */
function signatures(secrets: string, text: string): string {
  return secrets
    .split(',')
    .map((secret) => `v1,${signature(secret, text)}`)
    .join(' ');
}

/** The Standard Webhooks scheme: HMAC-SHA-256 in base64. */
function signature(secret: string, text: string): string {
  return createHmac('sha256', Buffer.from(secret.replace(/^whsec_/, ''), 'base64'))
    .update(text)
    .digest('base64');
}
