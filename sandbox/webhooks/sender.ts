import { createHmac, randomUUID } from 'node:crypto';
import { iso } from '../clock.js';
import { randomSequence } from '../faults.js';
import { runDueJobs } from '../jobs.js';
import type { World } from '../world.js';
import { happeningOf, type Happening } from './events.js';
import { webhookMischief, type WebhookMischief } from './mischief.js';
import type { WebhookDelivery, WebhookEvent, WebhookSubscription } from './rows.js';

const TICK_MS = 20;
const TIMEOUT_MS = 5000;
/** Who has not the secret signs with another one. */
const FORGERS_SECRET = 'a-secret-that-nobody-shares';

/** Tells subscribers what happens, with retries as their subscription says. It goes by the machine's own time, as its receivers do. */
export class WebhookSender {
  readonly #world: World;
  readonly #ticking: NodeJS.Timeout;
  readonly #underWay = new Map<string, Promise<void>>();
  #isClosed = false;
  readonly #random: () => number;
  mischief: WebhookMischief;

  constructor(world: World) {
    this.#world = world;
    this.#random = randomSequence(world.settings.seed ?? Math.floor(Math.random() * 2 ** 32));
    this.mischief = webhookMischief.parse(world.settings.webhooks ?? {});
    world.state.watcher = (table, before, after) => {
      const happening = happeningOf(table, before, after);
      if (happening) this.#send(happening);
    };
    this.#ticking = setInterval(() => this.#tick(), TICK_MS);
    this.#ticking.unref();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#ticking);
    await Promise.all(this.#underWay.values());
  }

  #send({ tenantId, type, data }: Happening): void {
    const { state } = this.#world;
    const event: WebhookEvent = { id: `evt_${randomUUID()}`, type, timestamp: iso(Date.now()), data };
    for (const subscription of state.webhookSubscriptions.all()) {
      if (subscription.tenantId !== tenantId || !subscription.subscribedEvents.includes(type)) continue;
      const chance = (share: number): boolean => this.#random() < share;
      const { lost, doubled, forged, garbled } = this.mischief;
      const isLost = chance(lost);
      this.#put(subscription, event, {
        garbled: chance(garbled),
        ...(isLost && { status: 'DELIVERED', attempts: [attempt(1, 200, Date.now())] }),
      });
      if (chance(doubled)) this.#put(subscription, event, {});
      if (chance(forged)) void this.#forge(subscription);
    }
  }

  #put({ id, tenantId }: WebhookSubscription, event: WebhookEvent, more: Partial<WebhookDelivery>): void {
    this.#world.state.webhookDeliveries.put({
      ...{ id: randomUUID(), tenantId, subscriptionId: id, event, status: 'PENDING', attempts: [] },
      dueAt: Date.now() + Math.floor(this.#random() * this.mischief.delayMs),
      ...more,
    });
  }

  /** What is due happens although nobody calls, and what is due to be sent is sent. */
  #tick(): void {
    const { state } = this.#world;
    if (state.webhookSubscriptions.all().length === 0) return;
    runDueJobs(this.#world);
    state.commit();
    for (const subscription of state.webhookSubscriptions.all()) {
      for (const delivery of state.webhookDeliveries.by('subscription', subscription.id)) {
        const { id, status, dueAt } = delivery;
        if (status === 'DELIVERED' || status === 'FAILED' || dueAt > Date.now() || this.#underWay.has(id)) continue;
        this.#underWay.set(
          id,
          this.#deliver(subscription, delivery).finally(() => this.#underWay.delete(id)),
        );
      }
    }
  }

  async #deliver(subscription: WebhookSubscription, delivery: WebhookDelivery): Promise<void> {
    const { state } = this.#world;
    const isGarbled = delivery.garbled === true && delivery.attempts.length === 0;
    const body = Buffer.from(JSON.stringify(delivery.event), isGarbled ? 'utf16le' : 'utf8');
    const began = Date.now();
    const responseCode = await post(subscription.endpointUrl, body, subscription.secretKey);
    // A reset has taken it away meanwhile.
    if (this.#isClosed || !state.webhookDeliveries.get(delivery.id)) return;
    const attempts = [...delivery.attempts, attempt(delivery.attempts.length + 1, responseCode, began)];
    const isDelivered = attempts.at(-1)!.success;
    const status = isDelivered ? 'DELIVERED' : attempts.length > subscription.maxRetryAttempts ? 'FAILED' : 'RETRYING';
    const dueAt = Date.now() + subscription.retryBackoffSeconds * 1000;
    state.webhookDeliveries.patch(delivery.id, { status, attempts, dueAt });
    state.commit();
  }

  /** Somebody who does not have the secret sends a webhook about a customer. */
  async #forge({ endpointUrl, tenantId }: WebhookSubscription): Promise<void> {
    const customers = this.#world.state.customers.all().filter((one) => one.tenantId === tenantId);
    const customer = customers[Math.floor(this.#random() * customers.length)];
    const data = { customerId: customer?.id, status: 'APPROVED' };
    const event = { id: `evt_${randomUUID()}`, type: 'verification.approved', timestamp: iso(Date.now()), data };
    await post(endpointUrl, Buffer.from(JSON.stringify(event)), FORGERS_SECRET);
  }
}

/** The HTTP status; null where there was no answer. */
async function post(url: string, body: Buffer, secret: string): Promise<number | null> {
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-finhub-signature': `sha256=${signature}` },
      body: new Uint8Array(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return null;
  }
}

function attempt(attemptNumber: number, responseCode: number | null, began: number) {
  const success = responseCode !== null && responseCode >= 200 && responseCode < 300;
  return { attemptNumber, timestamp: iso(began), responseCode, success };
}
