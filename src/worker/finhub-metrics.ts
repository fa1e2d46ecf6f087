import type { MetricMeter } from '@temporalio/common';
import type { CallObserver } from '../finhub/call-observer.js';
import { CATALOGUE } from '../finhub/catalogue/index.js';
import { FinHubError } from '../finhub/error.js';

export const FINHUB_CALL_SECONDS = 'onboarding_finhub_call_seconds';

/** Counts requests to FinHub by result. Series for alerts start at 0, because Prometheus would miss the first rise. */
export function finHubMetrics(meter: MetricMeter): CallObserver {
  const calls = meter.createCounter('onboarding_finhub_calls_total');
  const seconds = meter.createHistogram(FINHUB_CALL_SECONDS, 'float', 's');
  const unclear = meter.createCounter('onboarding_finhub_unclear_total');
  const rateLimitWait = meter.createCounter('onboarding_finhub_rate_limit_wait_seconds_total');
  rateLimitWait.add(0);
  for (const { operation, idempotency } of Object.values(CATALOGUE)) {
    const labels = { operation, class: idempotency.class };
    calls.add(0, { ...labels, outcome: 'unauthorized' });
    if (idempotency.class !== 'safe') unclear.add(0, labels);
  }
  return {
    started({ operation, class: idempotencyClass }) {
      const labels = { operation, class: idempotencyClass };
      const startedAt = performance.now();
      return {
        ended(error) {
          calls.add(1, { ...labels, outcome: outcomeOf(error) });
          seconds.record((performance.now() - startedAt) / 1000, { operation });
          if (!(error instanceof FinHubError)) return;
          if (error.unclear) unclear.add(1, labels);
          if (error.kind === 'rateLimited') rateLimitWait.add(Math.ceil((error.retryAfterMs ?? 0) / 1000));
        },
      };
    },
  };
}

function outcomeOf(error: unknown): string {
  if (error === undefined) return 'ok';
  return error instanceof FinHubError ? error.kind : 'fault';
}
