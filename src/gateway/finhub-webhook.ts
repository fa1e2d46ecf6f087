import { z } from 'zod';
import { idsInWebhook, OPAQUE } from '../lifecycle/webhook-ids.js';

/** The largest webhook that is read, in bytes. FinHub's samples have a few hundred. */
export const MAX_WEBHOOK_BYTES = 64 * 1024;

/** FinHub's clock may be so many seconds ahead of ours. */
const AHEAD_SECONDS = 300;

const word = z.string().regex(OPAQUE);

/** As facts §10 has it. */
export const webhookSchema = z.looseObject({
  id: word.describe('the same in every repeat'),
  type: word.max(100).describe('such as `customer.activated`; one that nobody knows is taken as well'),
  timestamp: z
    .union([z.iso.datetime({ offset: true, local: true }), z.number()])
    .describe('ISO 8601, or seconds or milliseconds since 1970'),
  data: z.unknown().describe('of which only FinHub’s ids are looked at'),
});

/** What a webhook says, as far as anybody asks. */
export interface FinHubWebhook {
  eventId: string;
  type: string;
  sentAt: Date;
  /** FinHub's ids in its data. */
  ids: string[];
}

/** A webhook that is not of the form that FinHub's pages show; the message holds nothing of it. */
export class WebhookUnreadable extends Error {}

/** Reads a webhook. @throws WebhookUnreadable */
export function readWebhook(body: Buffer): FinHubWebhook {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body));
  } catch {
    throw new WebhookUnreadable('JSON in UTF-8 is expected');
  }
  const parsed = webhookSchema.safeParse(json);
  if (!parsed.success) {
    const fields = [...new Set(parsed.error.issues.map(({ path: [first] }) => String(first ?? 'all of it')))];
    throw new WebhookUnreadable(`another form is expected of: ${fields.join(', ')}`);
  }
  const { id, type, timestamp, data } = parsed.data;
  const sentAt = timeOf(timestamp);
  if (Number.isNaN(sentAt.getTime())) throw new WebhookUnreadable('another form is expected of: timestamp');
  return { eventId: id, type, sentAt, ids: idsInWebhook(data) };
}

/** Whether a webhook was sent in the time in which it is taken. */
export function isInTime({ sentAt }: FinHubWebhook, now: Date, maxAgeSeconds: number): boolean {
  const age = (now.getTime() - sentAt.getTime()) / 1000;
  return age <= maxAgeSeconds && age >= -AHEAD_SECONDS;
}

/** Times without a zone are UTC; numbers are seconds or milliseconds since 1970. */
function timeOf(timestamp: string | number): Date {
  if (typeof timestamp === 'number') return new Date(timestamp < 1e11 ? timestamp * 1000 : timestamp);
  return new Date(/(Z|[+-]\d\d:?\d\d)$/i.test(timestamp) ? timestamp : `${timestamp}Z`);
}
