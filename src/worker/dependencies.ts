import { setTimeout as pause } from 'node:timers/promises';
import type { ActivityDependencies } from '../activities/index.js';
import type { WorkerConfiguration } from '../config/configurations.js';
import type { CallObserver } from '../finhub/call-observer.js';
import { FinHubClient } from '../finhub/client.js';
import { signersFile } from '../proof/signers-file.js';
import { signersHistory } from '../proof/signers-history.js';
import { Judge } from '../activities/judge.js';
import { policyFile } from '../policies/policy-file.js';
import { encryptedStore } from '../store/encrypted-store.js';
import { approverNotes } from '../store/approver-notes.js';
import { openBlobs } from '../store/open-store.js';
import { orderLog } from '../store/order-log.js';
import { existingStoreId, storeId } from '../store/store-id.js';
import { watchedStore } from '../store/watched-store.js';
import type { Alarms } from './alarms.js';

/** Added to the HTTP timeout for an activity's own work, so that its timeout never cuts off a call whose result is about to arrive. */
const CALL_MARGIN_SECONDS = 5;

/** The most HTTP timeouts in one activity: waiting for an unclear try, a session, a read-back, a login as proof, the call itself. */
const REQUESTS_PER_CALL = 5;

/**
 * After this time a silent worker counts as dead. If shorter, a slow worker loses its calls; if longer, a dead worker's cases wait.
 */
const HEARTBEAT_SECONDS = 5;

/** A store that does not respond within this time is tried again with the first document. */
const STORE_MS = 5000;

export interface WorkerDependencies extends ActivityDependencies {
  /** Undefined if the document store did not respond. */
  storeId: string | undefined;
}

function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const late = pause(ms, undefined, { ref: false }).then(() => Promise.reject(new Error('it does not respond')));
  return Promise.race([work, late]);
}

/**
 * What a worker's activities need, from its configuration. The caller closes `finhub`, whose requests the observer sees.
 * @throws SignersFileError, PolicyFileError
 */
export async function dependenciesOf(
  config: WorkerConfiguration,
  observer?: CallObserver,
  alarms?: Alarms,
): Promise<WorkerDependencies> {
  const blobs = await openBlobs(config.documentStore);
  const [signers, policies] = await Promise.all([
    signersFile(config.signersFile, { roots: config.signersRoots, history: signersHistory(blobs, config.keys) }),
    policyFile(config.policyFile),
  ]);
  const { environment, requireProof } = config;
  const { timeoutMs } = config.finhub;
  const watch = alarms?.store();
  const first = await within(STORE_MS, storeId(blobs, config.keys)).catch((error: unknown) => {
    watch?.failed((error as Error).message);
    return undefined;
  });
  let known = first;
  // A store that was unavailable at the start is ours as soon as it responds.
  const sameStore = async (): Promise<boolean> => {
    if (known === undefined) return (known = await storeId(blobs, config.keys)) !== undefined;
    return (await existingStoreId(blobs, config.keys)) === known;
  };
  const { keys } = config;
  const watched = watchedStore(
    encryptedStore(blobs, keys),
    orderLog(blobs, keys),
    approverNotes(blobs, keys),
    sameStore,
    watch,
  );
  return {
    storeId: first,
    finhub: new FinHubClient({ ...config.finhub, observer, logins: alarms?.logins() }),
    ...watched,
    keys,
    judge: new Judge({ signers, policies, approvers: watched.approvers, environment, requireProof }),
    policies,
    notifications: config.notifications,
    policy: {
      individualActivation: config.individualActivation,
      powerTenantCredentials: config.finhub.powerTenant !== undefined,
      requireProof,
      notifications: config.notifications !== undefined,
      verdictPollSeconds: config.verdictPollSeconds,
      callSeconds: Math.ceil((timeoutMs * REQUESTS_PER_CALL) / 1000) + CALL_MARGIN_SECONDS,
      heartbeatSeconds: HEARTBEAT_SECONDS,
      continueAsNewAfter: config.maxHistoryEvents,
      ...(config.callsQueue && { callsQueue: config.callsQueue.taskQueue }),
    },
  };
}
