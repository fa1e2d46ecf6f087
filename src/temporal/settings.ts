import { readFileSync } from 'node:fs';
import { loadClientConfigProfile, toClientOptions, type ConfigDataSource } from '@temporalio/envconfig';

/** Which Temporal server and namespace to use, and how to connect; the same for client and worker. */
export interface TemporalSettings {
  address: string;
  namespace: string;
  tls: 'off' | 'on' | 'mutual';
  hasApiKey: boolean;
  /** Options for the SDK's connections. */
  connection: ReturnType<typeof toClientOptions>['connectionOptions'];
}

/** Temporal's own variables or profile file are not usable; the message says which and why. */
export class TemporalSettingsError extends Error {
  override readonly name = 'TemporalSettingsError';
}

/**
 * Reads the settings of Temporal's CLI: `TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, `TEMPORAL_API_KEY`, `TEMPORAL_TLS*`, and the profile file.
 * @throws TemporalSettingsError
 */
export function temporalSettings(env: NodeJS.ProcessEnv = process.env): TemporalSettings {
  try {
    const set = Object.entries(env).filter((entry): entry is [string, string] => Boolean(entry[1]));
    const profile = loadClientConfigProfile({ overrideEnvVars: Object.fromEntries(set) });
    const { clientCert, clientKey, disabled } = profile.tls ?? {};
    // The SDK silently ignores half a pair and connects without it.
    if (Boolean(clientCert) !== Boolean(clientKey)) {
      throw new Error('a TLS client certificate and its key are needed together (TEMPORAL_TLS_CLIENT_CERT_*, _KEY_*)');
    }
    for (const source of [clientCert, clientKey, profile.tls?.serverCACert]) checkReadable(source);
    const { connectionOptions, namespace } = toClientOptions(profile);
    const address = connectionOptions.address ?? 'localhost:7233';
    return {
      address,
      namespace: namespace ?? 'default',
      tls: disabled === true || !connectionOptions.tls ? 'off' : clientCert ? 'mutual' : 'on',
      hasApiKey: profile.apiKey !== undefined,
      connection: { ...connectionOptions, address },
    };
  } catch (error) {
    throw new TemporalSettingsError((error as Error).message, { cause: error });
  }
}

function checkReadable(source: ConfigDataSource | undefined): void {
  if (source !== undefined && 'path' in source) readFileSync(source.path);
}
