import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** `taken` once Temporal has it; the others were refused. */
export type WebhookOutcome = 'taken' | 'unsigned' | 'unreadable' | 'outdated' | 'notTaken';

/** What a gateway counts. */
export interface GatewayMetrics {
  /** A request that was answered: by which route, with what status and code, after how many seconds. */
  answered(route: string, status: number, code: string, seconds: number): void;
  /** A webhook of FinHub's: what became of it, and how many seconds after FinHub's own time it came, where that can be read. */
  webhook(outcome: WebhookOutcome, age?: number): void;
  /** As Prometheus reads it. */
  text(): Promise<{ type: string; body: string }>;
}

/** @param openWaits how many waits and streams are open now */
export function gatewayMetrics(openWaits: () => number): GatewayMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'onboarding_gateway_requests_total',
    help: 'Requests by route, status and problem code (ok where there was none).',
    labelNames: ['route', 'status', 'code'],
    registers,
  });
  const seconds = new Histogram({
    name: 'onboarding_gateway_request_seconds',
    help: 'Seconds until a request was answered, by route.',
    labelNames: ['route'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers,
  });
  new Gauge({
    name: 'onboarding_gateway_open_waits',
    help: 'Waits and event streams that are open.',
    registers,
    collect() {
      this.set(openWaits());
    },
  });
  const webhooks = new Counter({
    name: 'onboarding_gateway_webhooks_total',
    help: "FinHub's webhooks by outcome.",
    labelNames: ['outcome'],
    registers,
  });
  for (const outcome of ['taken', 'unsigned', 'unreadable', 'outdated', 'notTaken']) webhooks.inc({ outcome }, 0);
  const ages = new Histogram({
    name: 'onboarding_gateway_webhook_age_seconds',
    help: "Seconds from the time that FinHub's webhooks name to their arrival.",
    buckets: [0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600, 86_400],
    registers,
  });
  return {
    webhook(outcome, age) {
      webhooks.inc({ outcome });
      if (age !== undefined) ages.observe(age);
    },
    answered(route, status, code, took) {
      requests.inc({ route, status, code });
      seconds.observe({ route }, took);
    },
    text: async () => ({ type: registry.contentType, body: await registry.metrics() }),
  };
}
