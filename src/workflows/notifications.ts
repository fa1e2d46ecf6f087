import { CancellationScope, condition, log, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../activities/index.js';
import { caseName, type CaseState } from '../lifecycle/case-state.js';
import type { Delivery, Notification } from '../lifecycle/notification.js';
import { statusWord } from '../lifecycle/status.js';
import {
  notificationCounted,
  notificationQueued,
  notificationsGone,
  type Transition,
} from '../lifecycle/transitions.js';

/** After this time nobody is told any more. */
const GIVEN_UP_AFTER_MS = 3 * 24 * 3600_000;
const LAST_TRY_MS = 60_000;

/** Of a new run's history, the part that undelivered notifications may take up; else it would be long from its start. */
const SHARE_OF_HISTORY = 1 / 4;

/** What notifications need of their case. */
interface NotifyingCase {
  readonly state: CaseState;
  apply(transition: Transition): void;
}

/**
 * Tells the outside what happened: ids and states, no personal data, numbered within the lifecycle. Nothing waits for a delivery, no
 * cancellation breaks it off, and what was not delivered goes along into a new run. The last run ends when all of it was delivered or given up.
 */
export class Notifications {
  readonly #case: NotifyingCase;

  constructor(theCase: NotifyingCase) {
    this.#case = theCase;
    for (const notification of theCase.state.outbox) this.#deliver(notification);
  }

  send(type: string, more: Record<string, string> = {}): void {
    this.#case.apply(notificationCounted);
    const { state } = this.#case;
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
    const notification = { type, at: new Date().toISOString(), data };
    this.#case.apply(notificationQueued(notification));
    this.#deliver(notification);
  }

  /** Leaves the newest ones for the next run to deliver, as many as its history should begin with. */
  handOver(): void {
    const { outbox, policy } = this.#case.state;
    const most = Math.floor((policy?.continueAsNewAfter ?? 0) * SHARE_OF_HISTORY);
    const gone = outbox.slice(0, Math.max(0, outbox.length - most));
    this.#gone(gone, 'givenUp');
  }

  async drained(): Promise<void> {
    await condition(() => this.#case.state.outbox.length === 0);
  }

  #deliver(notification: Notification): void {
    const left = Date.parse(notification.at) + GIVEN_UP_AFTER_MS - Date.now();
    const { notify } = proxyActivities<Pick<Activities, 'notify'>>({
      startToCloseTimeout: '30s',
      scheduleToCloseTimeout: Math.max(LAST_TRY_MS, left),
      summary: 'tells NOTIFY_URL',
      retry: { initialInterval: '5s', backoffCoefficient: 2, maximumInterval: '1h' },
    });
    void CancellationScope.nonCancellable(() => notify(notification))
      .then(
        () => 'delivered' as const,
        () => 'givenUp' as const,
      )
      .then((state) => this.#gone([notification], state));
  }

  #gone(notifications: readonly Notification[], state: Delivery['state']): void {
    this.#case.apply(notificationsGone(notifications, { state, since: new Date().toISOString() }));
    if (state === 'delivered') return;
    for (const { type, data } of notifications) {
      log.warn('notification given up', { type, sequence: data.sequence });
    }
  }
}
