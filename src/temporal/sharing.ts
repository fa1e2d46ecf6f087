import { hostname } from 'node:os';
import type { Client } from '@temporalio/client';
import { TASK_QUEUE } from '../lifecycle/ids.js';
import { ringCheck } from '../secrets/seal.js';
import type { KeyRing } from '../secrets/key-ring.js';
import { storeCheck } from '../store/store-id.js';

/** Short values that distinguish key rings and document stores without revealing them. */
export interface Shared {
  ring: string;
  /** Undefined if this process does not use the store, or could not reach it. */
  store?: string | undefined;
}

export function sharedBy(keys: KeyRing, storeId: string | undefined): Shared {
  return { ring: ringCheck(keys), ...(storeId !== undefined && { store: storeCheck(keys, storeId) }) };
}

/** A worker's identity in Temporal: process, machine, key ring and store. */
export function workerIdentity({ ring, store }: Shared): string {
  return `${process.pid}@${hostname()}/ring:${ring}${store === undefined ? '' : `/store:${store}`}`;
}

/** A worker has another key ring or document store than this process; the message says how to fix it. */
export class NotShared extends Error {
  override readonly name = 'NotShared';
}

/** A worker that has not polled for this long has ended: running workers poll at least once a minute. */
const GONE_AFTER_MS = 90_000;

const WORKFLOW_TASKS = 1;

export interface Poller {
  identity: string;
  /** Milliseconds since its last poll. */
  agoMs: number;
}

/** The workers that poll our task queue. */
export async function pollers({ workflowService, options }: Client): Promise<Poller[]> {
  const { pollers: known } = await workflowService.describeTaskQueue({
    namespace: options.namespace,
    taskQueue: { name: TASK_QUEUE },
    taskQueueType: WORKFLOW_TASKS,
  });
  return (known ?? [])
    .map(({ identity, lastAccessTime }) => ({
      identity: identity ?? '',
      agoMs: Date.now() - Number(lastAccessTime?.seconds ?? 0) * 1000,
    }))
    .filter(({ agoMs }) => agoMs < GONE_AFTER_MS);
}

/**
 * Checks that the workers can read what this process starts.
 * @returns a note if there is no worker to compare with
 * @throws NotShared
 */
export async function proveShared(temporal: Client, own: Shared): Promise<string | undefined> {
  const there = await pollers(temporal);
  for (const { identity, agoMs } of there) {
    const what = difference(identity, own);
    if (what === undefined) continue;
    throw new NotShared(
      `worker ${identity.split('/')[0]} has another ${what}; it could not read what this process sends. ${REMEDY[what]} ` +
        `The worker last polled ${Math.max(0, Math.round(agoMs / 1000))} s ago; if it has ended, try again in ${GONE_AFTER_MS / 1000} s.`,
    );
  }
  return there.length === 0 ? 'no worker is running; messages wait for one' : undefined;
}

const REMEDY = {
  'key ring':
    "Give both the same ONBOARDING_KEYS_FILE (or ONBOARDING_KEYS). In development each checkout makes its own keys: set ONBOARDING_KEYS_FILE to the worker's .data/keys.json.",
  'document store':
    "Give both the same DOCUMENT_STORE. In development each checkout has its own: set DOCUMENT_STORE to the worker's .data/documents.",
} as const;

/** What differs between a worker's identity and our own; an identity without these values is ignored. */
export function difference(identity: string, own: Shared): keyof typeof REMEDY | undefined {
  const [, ring] = /\/ring:([0-9a-f]{8})/.exec(identity) ?? [];
  const [, store] = /\/store:([0-9a-f]{8})/.exec(identity) ?? [];
  if (ring !== undefined && ring !== own.ring) return 'key ring';
  if (store !== undefined && own.store !== undefined && store !== own.store) return 'document store';
  return undefined;
}
