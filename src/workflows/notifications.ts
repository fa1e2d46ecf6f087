import { log, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../activities/index.js';
import { caseName, type AnyCaseState } from '../lifecycle/case-state.js';
import { statusWord } from '../lifecycle/status.js';

const { notify } = proxyActivities<Pick<Activities, 'notify'>>({
  startToCloseTimeout: '30s',
  scheduleToCloseTimeout: '3 days',
  summary: 'tells NOTIFY_URL',
  retry: { initialInterval: '5s', backoffCoefficient: 2, maximumInterval: '1h' },
});

/**
 * Tells the outside what happened: ids and states, no personal data, numbered within the lifecycle. Nothing waits for it; a run ends only
 * when all of it was delivered or given up after three days.
 */
export class Notifications {
  readonly #state: AnyCaseState;
  readonly #pending = new Set<Promise<void>>();

  constructor(state: AnyCaseState) {
    this.#state = state;
  }

  send(type: string, more: Record<string, string> = {}): void {
    const state = this.#state;
    state.notified += 1;
    const { tenantId } = state.application;
    const data = {
      workflowId: workflowInfo().workflowId,
      kind: state.kind,
      tenantId,
      applicationId: caseName(state),
      sequence: state.notified,
      status: statusWord(state),
      phase: state.phases.find((phase) => phase.state === 'active')?.name ?? null,
      ...more,
    };
    if (state.policy?.notifications !== true) {
      log.info(type, data);
      return;
    }
    const sent = notify({ type, at: new Date().toISOString(), data })
      .catch(() => log.warn('notification given up', { type, sequence: data.sequence }))
      .finally(() => this.#pending.delete(sent));
    this.#pending.add(sent);
  }

  async drained(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }
}
