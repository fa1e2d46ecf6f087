import { openDocumentStore } from '../store/open-store.js';
import { connectClient } from '../temporal/connection.js';
import type { TemporalSettings } from '../temporal/settings.js';
import { OnboardingClient, type OnboardingClientOptions } from './onboarding-client.js';

export interface ConnectOptions extends Omit<OnboardingClientOptions, 'temporal' | 'store'> {
  temporal: TemporalSettings;
  /** A folder's path, or an address as `openDocumentStore` takes it. */
  documentStore: string;
}

/**
 * Makes a client of the service from where its parts are, as the starter's configuration says it; its owner calls `close`.
 * @throws TemporalUnreachable after 5 s
 */
export async function connectOnboarding({
  temporal,
  documentStore,
  ...options
}: ConnectOptions): Promise<OnboardingClient> {
  const store = await openDocumentStore(documentStore, options.keys);
  return new OnboardingClient({ ...options, temporal: await connectClient(temporal, options.keys), store });
}
