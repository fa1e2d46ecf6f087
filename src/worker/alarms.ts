import type { MetricMeter } from '@temporalio/common';
import type { Logger } from 'pino';
import { SERVICE_LOGINS, type ServiceLogin, type ServiceLoginWatch } from '../finhub/service-logins.js';
import type { StoreWatch } from '../store/watched-store.js';

/** 1 while one cause stops every case that meets it, by cause; docs/guides/runbook.md. */
export const ALARM_METRIC = 'onboarding_service_alarm';

const CAUSES = [...SERVICE_LOGINS, 'documentStore'] as const;
export type AlarmCause = (typeof CAUSES)[number];

export interface Alarm {
  cause: AlarmCause;
  since: string;
  message: string;
}

/** Causes that stop many cases. Logged once at the start and once at the end; a metric and a health detail in between. */
export class Alarms {
  readonly #logger: Pick<Logger, 'error' | 'info'>;
  readonly #set: (value: number, cause: AlarmCause) => void;
  readonly #raised = new Map<AlarmCause, Alarm>();

  constructor(logger: Pick<Logger, 'error' | 'info'>, meter: MetricMeter) {
    const gauge = meter.createGauge(ALARM_METRIC, 'int');
    this.#logger = logger;
    this.#set = (value, cause) => gauge.set(value, { cause });
    for (const cause of CAUSES) this.#set(0, cause);
  }

  raise(cause: AlarmCause, message: string): void {
    if (this.#raised.has(cause)) return;
    this.#raised.set(cause, { cause, since: new Date().toISOString(), message });
    this.#set(1, cause);
    this.#logger.error({ cause, runbook: 'docs/guides/runbook.md#onboardingservicealarm' }, `calls pause: ${message}`);
  }

  clear(cause: AlarmCause): void {
    if (!this.#raised.delete(cause)) return;
    this.#set(0, cause);
    this.#logger.info({ cause }, 'calls continue: the cause of the alarm is gone');
  }

  list(): Alarm[] {
    return [...this.#raised.values()];
  }

  logins(): ServiceLoginWatch {
    return {
      refused: (login: ServiceLogin, message) => this.raise(login, message),
      works: (login) => this.clear(login),
    };
  }

  store(): StoreWatch {
    return {
      failed: (message) => this.raise('documentStore', `the document store is not usable: ${message}`),
      works: () => this.clear('documentStore'),
    };
  }
}
