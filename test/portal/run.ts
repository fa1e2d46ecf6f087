import { setTimeout as sleep } from 'node:timers/promises';
import { FinHubClient } from '../../src/finhub/client.js';
import { WebhookSubscriptions } from '../../src/finhub/webhook-subscription.js';
import { loadEnvironment } from '../../src/config/environment.js';
import { SANDBOX_TENANT, sandboxEnvironment } from '../../sandbox/fixtures.js';
import type { WebhookMischief } from '../../sandbox/webhooks/mischief.js';
import type { WebhookDelivery } from '../../sandbox/webhooks/rows.js';
import { individualNumber, organizationNumber } from '../helpers/applications.js';
import { inventory, madeTwice } from '../helpers/finhub.js';
import { gatewayOf } from '../helpers/gateway.js';
import { KEYS, type Lane } from '../helpers/lane.js';
import { startRealServer } from '../model/real-server.js';
import type { Deed } from './plan.js';

export interface PortalOptions {
  plan: readonly Deed[];
  /** Seconds between two looks at FinHub by itself. */
  pollSeconds: number;
  /** FinHub sends webhooks, and so much goes wrong with them; it sends none without it. */
  webhooks: Partial<WebhookMischief> | undefined;
  seed: number;
}

export interface PortalReport {
  /** Of each application in turn, where it came to. */
  ends: string[];
  /** Of the whole tenant at FinHub. */
  books: { inventory: Record<string, number>; madeTwice: number; balanced: boolean };
  /** Calls that read at FinHub, and those of them that looked at a verdict or for an account. */
  reads: { all: number; looks: number };
  /** Milliseconds from a deed at FinHub until the case has it on record. */
  sinceDeed: number[];
  /** Milliseconds from the first webhook of a deed that was taken, of cases that did not know before it. */
  sinceWebhook: Record<Done['what'], number[]>;
  /** Deeds of which no webhook was taken, or one that came after the case knew. */
  foundByPolling: number;
  sent: Record<'events' | 'lost' | 'doubled' | 'garbled' | 'taken', number>;
  /** Answers of the gateway, by outcome. */
  outcomes: Record<string, number>;
}

const SECRET = 'a-secret-of-the-webhook-chaos';
const AT_ONCE = 8;
const LOOKS = ['GET /api/v2.1/verifications/{verificationId}', 'GET /api/v2.1/wallets/customer/{customerId}'];

interface Done {
  /** FinHub shows the account of a customer who has become active only a moment after its webhook. */
  what: 'decision' | 'activation';
  ids: string[];
  /** When, milliseconds since 1970. */
  at: number;
  seenAt: number;
}

/** Carries a crowd to its end by what happens at FinHub alone: nobody decides here. */
export async function runPortal({ plan, pollSeconds, webhooks, seed }: PortalOptions): Promise<PortalReport> {
  const server = await startRealServer({
    env: { FINHUB_VERDICT_POLL_SECONDS: String(pollSeconds) },
    sandbox: { seed, activationDelayMs: 300, webhooks: webhooks ?? {} },
  });
  const { lane } = server;
  const receiver = { tenantId: SANDBOX_TENANT.id, secrets: [SECRET], maxAgeSeconds: 86_400 };
  const gateway = await gatewayOf(lane, { webhooks: receiver });
  try {
    if (webhooks) await subscribe(lane, `${gateway.url}/hooks/finhub/${SANDBOX_TENANT.id}`);
    const done: Done[] = [];
    const ends = new Array<string>(plan.length);
    const waiting = plan.map((deed, number) => ({ deed, number }));
    const carried: Promise<void>[] = [];
    const starter = async (): Promise<void> => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const { deed, number } = next;
        const id = await lane.toReview(
          await (deed.kind === 'individual' ? individualNumber(number) : organizationNumber(number)),
        );
        carried.push(carry(lane, id, deed, done).then((end) => void (ends[number] = end)));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, starter));
    await Promise.all(carried);

    const reads = (await lane.finhub.requests()).filter(({ operation }) => operation.startsWith('GET'));
    const deliveries = await lane.finhub.table<WebhookDelivery>('webhookDeliveries');
    const ledger = (await lane.finhub.ledger()).filter(({ kind }) => kind !== 'webhook-subscription');
    const hinted = done.flatMap(({ what, ids, at, seenAt }) => {
      const taken = takenAt(deliveries, ids, at);
      return taken !== undefined && taken <= seenAt ? [{ what, ms: seenAt - taken }] : [];
    });
    const hintedOf = (wanted: Done['what']): number[] =>
      hinted.filter(({ what }) => what === wanted).map(({ ms }) => ms);
    return {
      ends,
      books: {
        inventory: inventory(ledger),
        madeTwice: madeTwice(ledger).length,
        balanced: await lane.finhub.isBalanced(),
      },
      reads: { all: reads.length, looks: reads.filter(({ operation }) => LOOKS.includes(operation)).length },
      sinceDeed: done.map(({ at, seenAt }) => seenAt - at),
      sinceWebhook: { decision: hintedOf('decision'), activation: hintedOf('activation') },
      foundByPolling: done.length - hinted.length,
      sent: sentOf(deliveries),
      outcomes: outcomesOf((await gateway.metrics.text()).body),
    };
  } finally {
    await gateway.close();
    await server.stop();
  }
}

async function carry(lane: Lane, id: string, deed: Deed, done: Done[]): Promise<string> {
  await sleep(deed.decideAfter);
  const { customerId, verificationId } = (await lane.client.caseView(id)).finhub;
  const decidedAt = Date.now();
  await lane.finhub.decideInPortal(verificationId!, deed.verdict);
  let activatedAt: number | undefined;
  if (deed.kind === 'individual' && deed.verdict === 'APPROVED') {
    await lane.until(id, 'asks for the code', ({ waitingOn }) => waitingOn?.what === 'activation code');
    await sleep(deed.activateAfter);
    if (deed.activates === 'by the code') await lane.client.submitActivationCode(id, await lane.activationCode(id));
    else {
      activatedAt = Date.now();
      await lane.finhub.activateInPortal(customerId!);
    }
  }
  const { result } = await lane.closed(id);
  const { phases, transfer } = await lane.client.status(id).then((status) => {
    if (status.stale) throw new Error(`no worker answers for ${id}`);
    return status;
  });
  const audit = await lane.client.audit(id);
  const seen = (event: string): number => Date.parse(audit.find((entry) => entry.event === event)!.at);
  done.push({ what: 'decision', ids: [verificationId!, customerId!], at: decidedAt, seenAt: seen('seenAtFinHub') });
  if (activatedAt !== undefined)
    done.push({ what: 'activation', ids: [customerId!], at: activatedAt, seenAt: seen('activatedElsewhere') });
  const steps = phases.map(({ name, status }) => `${name} ${status}`).join(', ');
  return `${result}; ${steps}; transfer ${transfer?.state ?? 'none'}`;
}

/** By the same way as `npm run webhooks -- ensure`. */
async function subscribe(lane: Lane, url: string): Promise<void> {
  const environment = { ...sandboxEnvironment(lane.finhub.url), ONBOARDING_KEYS: KEYS };
  const client = new FinHubClient(loadEnvironment('worker', environment).finhub);
  try {
    await new WebhookSubscriptions(client).ensure({ url, secret: SECRET });
  } finally {
    await client.close();
  }
}

/** When the first try began that the gateway answered 202, of the events that name one of `ids` and came after `since`. */
function takenAt(deliveries: readonly WebhookDelivery[], ids: readonly string[], since: number): number | undefined {
  const times = deliveries
    .filter(
      ({ event }) => Date.parse(event.timestamp) >= since && ids.some((id) => Object.values(event.data).includes(id)),
    )
    .flatMap(({ attempts }) => attempts.filter(({ responseCode }) => responseCode === 202))
    .map(({ timestamp }) => Date.parse(timestamp));
  return times.length === 0 ? undefined : Math.min(...times);
}

function sentOf(deliveries: readonly WebhookDelivery[]): PortalReport['sent'] {
  const events = new Set(deliveries.map(({ event }) => event.id)).size;
  const codes = deliveries.map(({ attempts }) => attempts.map(({ responseCode }) => responseCode));
  return {
    events,
    // What the sandbox keeps to itself is on its books as delivered.
    lost: codes.filter(([first]) => first === 200).length,
    doubled: deliveries.length - events,
    garbled: codes.filter(([first]) => first === 400).length,
    taken: codes.filter((each) => each.includes(202)).length,
  };
}

function outcomesOf(metrics: string): Record<string, number> {
  const lines = metrics.matchAll(/^onboarding_gateway_webhooks_total\{outcome="(\w+)"\} (\d+)$/gm);
  return Object.fromEntries([...lines].map(([, outcome, count]) => [outcome!, Number(count)]));
}
