import { encryptedStore } from '../store/encrypted-store.js';
import { openBlobs } from '../store/open-store.js';
import { storeId } from '../store/store-id.js';
import { connectClient } from '../temporal/connection.js';
import { proveShared, sharedBy } from '../temporal/sharing.js';
import type { TemporalSettings } from '../temporal/settings.js';
import { OnboardingClient, type OnboardingClientOptions } from './onboarding-client.js';

export interface ConnectOptions extends Omit<OnboardingClientOptions, 'temporal' | 'store' | 'proveShared'> {
  temporal: TemporalSettings;
  /** A folder's path, or an address for `openDocumentStore`. */
  documentStore: string;
  /** Called with notes that are not failures. */
  onNote?: ((note: string) => void) | undefined;
}

/**
 * Connects a client of the service; the caller calls `close`. Before its first write it compares its key ring and document store with the
 * workers', and throws NotShared if they differ.
 * @throws TemporalUnreachable after 5 s
 */
export async function connectOnboarding({
  temporal,
  documentStore,
  onNote,
  ...options
}: ConnectOptions): Promise<OnboardingClient> {
  const { keys } = options;
  const blobs = await openBlobs(documentStore);
  const client = await connectClient(temporal, keys);
  return new OnboardingClient({
    ...options,
    temporal: client,
    store: encryptedStore(blobs, keys),
    async proveShared() {
      const note = await proveShared(client, sharedBy(keys, await storeId(blobs, keys)));
      if (note !== undefined) onNote?.(note);
    },
  });
}
