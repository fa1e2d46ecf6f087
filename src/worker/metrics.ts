import type { MetricCounter, MetricMeter } from '@temporalio/common';
import type { CallObserver } from '../finhub/call-observer.js';
import { startCaseSeries } from './case-series.js';
import { finHubMetrics } from './finhub-metrics.js';

/** What a worker counts itself; workflows and the count of open cases have metrics of their own. */
export interface WorkerMetrics {
  finhub: CallObserver;
  undecodablePayloads: MetricCounter;
}

export function startMetrics(meter: MetricMeter, namespace: string): WorkerMetrics {
  startCaseSeries(meter, namespace);
  const undecodablePayloads = meter.createCounter('onboarding_undecodable_payloads_total');
  undecodablePayloads.add(0);
  return { undecodablePayloads, finhub: finHubMetrics(meter) };
}
