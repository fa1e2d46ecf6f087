import { CATALOGUE } from './catalogue/index.js';
import type { FinHubClient } from './client.js';
import { FinHubError } from './error.js';
import { perform } from './perform.js';

/** The name by which we find our subscription, besides its address. */
const NAME = 'finhub-onboarding';

/** The events on FinHub's pages (facts §10). FinHub decides which of them a tenant gets. */
const EVENTS = [
  ...['customer.created', 'customer.updated', 'customer.activated', 'customer.suspended'],
  ...['verification.approved', 'transaction.completed'],
];

const RETRIES = { maxRetryAttempts: 10, retryBackoffSeconds: 60 };

/** Where FinHub sends webhooks, and the secret it signs them with. */
export interface WebhookTarget {
  url: string;
  secret: string;
}

/** The subscription, and what was done to it. */
export interface Ensured {
  subscriptionId: string;
  how: 'there already' | 'changed' | 'made';
}

/** A delivery that failed or is still being tried. */
export interface Delivery {
  deliveryId: string;
  eventId?: string | undefined;
  eventType?: string | undefined;
  status: string;
}

/** The tenant's webhook subscription. FinHub makes a second one if asked twice, so each try looks for it first. */
export class WebhookSubscriptions {
  readonly #client: FinHubClient;

  constructor(client: FinHubClient) {
    this.#client = client;
  }

  /** Finds the subscription, adds missing events to it, or creates it. @throws FinHubError; Error if there are several */
  async ensure(target: WebhookTarget): Promise<Ensured> {
    const found = await this.find(target.url);
    if (found) {
      if (EVENTS.every((event) => found.events.includes(event))) return { ...found, how: 'there already' };
      await this.rotate(found.subscriptionId, target);
      return { ...found, how: 'changed' };
    }
    const requestedAt = new Date().toISOString();
    const make = (mayHaveBeenTried: boolean) =>
      perform(this.#client, CATALOGUE.createWebhookSubscription, wanted(target), {
        ...{ key: 'webhooks', requestedAt, taken: [], mayHaveBeenTried },
      });
    const { result } = await make(false).catch((error: unknown) => {
      if (!(error instanceof FinHubError) || !error.unclear) throw error;
      return make(true);
    });
    return { ...result, how: 'made' };
  }

  /** Makes FinHub sign with another secret from now on. */
  async rotate(subscriptionId: string, target: WebhookTarget): Promise<void> {
    const input = { subscriptionId, ...wanted(target) };
    await this.#client.call(CATALOGUE.updateWebhookSubscription, input, { key: 'webhooks' });
  }

  /**
   * Finds the subscription for an address.
   * @throws Error if there are several, since each event would come several times; and if FinHub lists only part of the subscriptions,
   * which proves nothing about the rest
   */
  async find(
    url: string,
  ): Promise<{ subscriptionId: string; status?: string | undefined; events: string[] } | undefined> {
    const { subscriptions, whole } = await this.#client.call(
      CATALOGUE.listWebhookSubscriptions,
      {},
      { key: 'webhooks' },
    );
    const [found, ...others] = subscriptions.filter((one) => one.url === url);
    if (others.length > 0) {
      const ids = [found!, ...others].map(({ subscriptionId }) => subscriptionId).join(', ');
      throw new Error(`several subscriptions lead to ${url}: ${ids}; end all but one in FinHub's portal`);
    }
    if (!found && !whole)
      throw new Error(`FinHub lists only a part of the subscriptions: look in its portal for ${url}`);
    return found;
  }

  async deliveries(subscriptionId: string): Promise<Delivery[]> {
    const input = { subscriptionId };
    return (await this.#client.call(CATALOGUE.listWebhookDeliveries, input, { key: 'webhooks' })).deliveries;
  }

  /** One delivery, and the ids it is about. */
  delivery(deliveryId: string): Promise<Delivery & { ids: string[] }> {
    return this.#client.call(CATALOGUE.getWebhookDelivery, { deliveryId }, { key: 'webhooks' });
  }
}

function wanted({ url, secret }: WebhookTarget) {
  const description = 'hints at cases that may continue; its content is read again';
  return { name: NAME, description, url, secretKey: secret, events: EVENTS, ...RETRIES };
}
