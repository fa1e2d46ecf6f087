import type { RuntimeOptions } from '@temporalio/worker';
import type { MetricsConfiguration } from '../config/configurations.js';
import { CASE_METRICS } from '../lifecycle/case-metrics.js';
import { FINHUB_CALL_SECONDS } from './finhub-metrics.js';

const [MINUTE, HOUR, DAY] = [60, 3600, 24 * 3600];

/** Upper bounds of the histograms' buckets, in seconds. */
const BUCKETS: Record<string, number[]> = {
  [CASE_METRICS.phaseSeconds]: [1, 10, MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, DAY, 3 * DAY, 7 * DAY, 30 * DAY],
  [FINHUB_CALL_SECONDS]: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
};

/**
 * The SDK core's telemetry: its warnings go to the log. If `METRICS_ADDRESS` is set, one exporter serves its metrics and ours. Durations are
 * in seconds, as in Temporal's other SDKs, to fit their dashboards.
 */
export function telemetryOptions(
  metrics: MetricsConfiguration | undefined,
): RuntimeOptions['telemetryOptions'] & object {
  return {
    logging: { forward: { level: 'WARN' } },
    ...(metrics && {
      metrics: {
        prometheus: {
          bindAddress: metrics.bindAddress,
          useSecondsForDurations: true,
          histogramBucketOverrides: BUCKETS,
        },
      },
    }),
  };
}
