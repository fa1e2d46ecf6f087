import {
  ApplicationFailure,
  condition,
  continueAsNew,
  proxyActivities,
  setCurrentDetails,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/index.js';
import { parseHint, WEBHOOK, type Hint } from '../lifecycle/hints.js';
import { webhookInboxId } from '../lifecycle/ids.js';
import { Malformed } from '../contract/schema.js';
import { Unreadable } from '../lifecycle/slots.js';
import { sha256 } from '../lifecycle/sha256.js';
import { NOT_ITS_PLACE } from './control-flow.js';
import { count } from './metrics.js';
import { onOtherSignals, onSignal } from './signals.js';

/** A webhook whose case was not found: it may not show in Temporal's lists yet. */
interface Waiting {
  hint: Hint;
  /** Times that it was looked for. */
  tries: number;
  /** When it is looked for again, milliseconds since 1970. */
  at: number;
}

export interface WebhookInboxInput {
  tenantId: string;
  /** Where the last run left it. */
  resumed?: { seen: string[]; waiting: Waiting[]; queue: Hint[] } | undefined;
}

/** Taken at a time. */
const BATCH = 50;
/** Ids of events that are remembered; a repeat after so many others costs a look too many, no more. */
const REMEMBERED = 2000;
/** Pauses between the tries to find an event's case. What has none after them is about somebody else, or the case will look by itself. */
const TRY_AGAIN_AFTER_MS = [1000, 5000, 30_000, 300_000];
/** More than these do not wait: the oldest one goes. */
const MOST_WAITING = 500;
/** By events of the history; Temporal suggests a new run late where signals are small. */
const LONG = 1000;

const { tellCases } = proxyActivities<Pick<Activities, 'tellCases'>>({
  startToCloseTimeout: '30s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '1m' },
  summary: 'tells the cases that there is news at FinHub',
});

/**
 * Takes in a tenant's webhooks, each once, and tells the cases that they may be about to look at FinHub. It lives for as long as the tenant does.
 */
export async function webhookInbox({ tenantId, resumed }: WebhookInboxInput): Promise<never> {
  if (workflowInfo().workflowId !== webhookInboxId(tenantId)) {
    throw ApplicationFailure.nonRetryable('this workflow is not the inbox of the tenant that it names', NOT_ITS_PLACE);
  }
  const queue = resumed?.queue ?? [];
  const seen = new Set(resumed?.seen);
  let waiting = resumed?.waiting ?? [];

  onSignal(WEBHOOK, (value) => {
    const hint = read(value);
    if (!hint) return void count('webhooks', { outcome: 'unreadable' });
    const key = sha256(hint.eventId).slice(0, 16);
    if (seen.has(key)) return void count('webhooks', { outcome: 'repeated' });
    seen.add(key);
    if (seen.size > REMEMBERED) seen.delete(seen.values().next().value!);
    queue.push(hint);
  });
  onOtherSignals(() => count('webhooks', { outcome: 'unreadable' }));

  for (;;) {
    const due = waiting.reduce((first, { at }) => Math.min(first, at), Infinity);
    // Signals that nobody can read make a history long, too: Temporal takes only so many in a run.
    const hasWork = (): boolean => queue.length > 0 || isLong();
    if (due === Infinity) await condition(hasWork);
    else if (due > Date.now()) await condition(hasWork, due - Date.now(), { summary: 'looks for cases once more' });
    const now = Date.now();
    const late = waiting.filter(({ at }) => at <= now).slice(0, BATCH);
    const batch = [...late, ...queue.splice(0, BATCH).map((hint) => ({ hint, tries: 0, at: now }))];
    const found = batch.length > 0 ? await tellCases({ tenantId, hints: batch.map(({ hint }) => hint.ids) }) : [];
    const missing = batch.filter((_, index) => found[index] !== true);
    count('webhooks', { outcome: 'told' }, batch.length - missing.length);
    waiting = waiting.filter((one) => !late.includes(one)).concat(missing.flatMap(again));
    if (waiting.length > MOST_WAITING) {
      count('webhooks', { outcome: 'withoutCase' }, waiting.length - MOST_WAITING);
      waiting = waiting.slice(-MOST_WAITING);
    }
    setCurrentDetails(`${waiting.length} webhooks wait for their case to show`);
    if (isLong()) {
      await continueAsNew<typeof webhookInbox>({ tenantId, resumed: { seen: [...seen], waiting, queue } });
    }
  }
}

function isLong(): boolean {
  const { historyLength, continueAsNewSuggested } = workflowInfo();
  return historyLength > LONG || continueAsNewSuggested;
}

function read(value: unknown): Hint | undefined {
  if (value instanceof Unreadable) return undefined;
  try {
    return parseHint(value);
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

function again({ hint, tries }: Waiting): Waiting[] {
  const pause = TRY_AGAIN_AFTER_MS[tries];
  if (pause === undefined || hint.ids.length === 0) {
    count('webhooks', { outcome: 'withoutCase' });
    return [];
  }
  return [{ hint, tries: tries + 1, at: Date.now() + pause }];
}
