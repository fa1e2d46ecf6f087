import { z } from 'zod';

const share = z.number().min(0).max(1).default(0);

/** What goes wrong with webhooks on their way; `POST /__sandbox/webhooks`. Shares of events, 0 to 1. */
export const webhookMischief = z.strictObject({
  /** FinHub believes that it was delivered. */
  lost: share,
  /** Sent twice. */
  doubled: share,
  /** Somebody else sends one like it, about anybody, signed with another secret. */
  forged: share,
  /** The first try is in UTF-16, signed as it is. */
  garbled: share,
  /** Real milliseconds until it is sent, at most: later ones overtake it. */
  delayMs: z.int().min(0).default(0),
});
export type WebhookMischief = z.output<typeof webhookMischief>;
