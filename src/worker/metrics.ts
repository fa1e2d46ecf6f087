import type { MetricCounter, MetricMeter } from '@temporalio/common';
import type { CallObserver } from '../finhub/call-observer.js';
import { startCaseSeries } from './case-series.js';
import type { LogWriter } from './log-writer.js';
import { finHubMetrics } from './finhub-metrics.js';

/** Metrics that a worker counts itself; workflows and the count of open cases have their own. */
export interface WorkerMetrics {
  finhub: CallObserver;
  undecodablePayloads: MetricCounter;
}

export function startMetrics(meter: MetricMeter, namespace: string, log: LogWriter): WorkerMetrics {
  startCaseSeries(meter, namespace);
  const undecodablePayloads = meter.createCounter('onboarding_undecodable_payloads_total');
  undecodablePayloads.add(0);
  const lost = meter.createCounter('onboarding_log_lines_lost_total');
  lost.add(0);
  let counted = 0;
  setInterval(() => {
    lost.add(log.dropped - counted);
    counted = log.dropped;
  }, 1000).unref();
  return { undecodablePayloads, finhub: finHubMetrics(meter) };
}
