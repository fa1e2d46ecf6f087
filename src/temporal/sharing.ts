import { hostname } from 'node:os';
import type { Client } from '@temporalio/client';
import { TASK_QUEUE } from '../lifecycle/ids.js';
import { ringCheck } from '../secrets/seal.js';
import type { KeyRing } from '../secrets/key-ring.js';
import { storeCheck } from '../store/store-id.js';

/** What tells one key ring and one document store from others without giving them away. */
export interface Shared {
  ring: string;
  /** Undefined where this process does not use the store, or could not reach it. */
  store?: string | undefined;
}

export function sharedBy(keys: KeyRing, storeId: string | undefined): Shared {
  return { ring: ringCheck(keys), ...(storeId !== undefined && { store: storeCheck(keys, storeId) }) };
}

/** The identity by which Temporal knows a worker: process, machine, and which key ring and store it has. */
export function workerIdentity({ ring, store }: Shared): string {
  return `${process.pid}@${hostname()}/ring:${ring}${store === undefined ? '' : `/store:${store}`}`;
}

/** A worker that asks for work has another key ring or another document store; the message says what helps. */
export class NotShared extends Error {
  override readonly name = 'NotShared';
}

/** A worker that has not asked for work for so long has ended: those that run ask at least once a minute. */
const GONE_AFTER_MS = 90_000;

const WORKFLOW_TASKS = 1;

export interface Poller {
  identity: string;
  /** Milliseconds since it last asked for work. */
  agoMs: number;
}

/** The workers that ask for work on our task queue. */
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
 * Proves that whoever carries out what this process starts can read it.
 * @returns a note where no worker is there to compare with
 * @throws NotShared
 */
export async function proveShared(temporal: Client, own: Shared): Promise<string | undefined> {
  const there = await pollers(temporal);
  for (const { identity, agoMs } of there) {
    const what = difference(identity, own);
    if (what === undefined) continue;
    throw new NotShared(
      `worker ${identity.split('/')[0]} has another ${what}; what this process sends it could not be read. ${REMEDY[what]} ` +
        `The worker last asked for work ${Math.max(0, Math.round(agoMs / 1000))} s ago; if it has ended, try again in ${GONE_AFTER_MS / 1000} s.`,
    );
  }
  return there.length === 0 ? 'no worker is there; what is sent waits for one' : undefined;
}

const REMEDY = {
  'key ring':
    "Give both the same ONBOARDING_KEYS_FILE (or ONBOARDING_KEYS). In development each checkout makes its own keys: set ONBOARDING_KEYS_FILE to the worker's .data/keys.json.",
  'document store':
    "Give both the same DOCUMENT_STORE. In development each checkout has its own: set DOCUMENT_STORE to the worker's .data/documents.",
} as const;

/** What a worker's identity says to be another than ours; workers that say nothing are let be. */
export function difference(identity: string, own: Shared): keyof typeof REMEDY | undefined {
  const [, ring] = /\/ring:([0-9a-f]{8})/.exec(identity) ?? [];
  const [, store] = /\/store:([0-9a-f]{8})/.exec(identity) ?? [];
  if (ring !== undefined && ring !== own.ring) return 'key ring';
  if (store !== undefined && own.store !== undefined && store !== own.store) return 'document store';
  return undefined;
}
