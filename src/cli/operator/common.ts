import { CaseClient, connectClient } from '../../client/index.js';
import { loadEnvironment } from '../../config/environment.js';

/** What every command of the operators takes. */
export interface Json {
  json?: boolean;
}

/** Who sends a message. */
export interface Sender extends Json {
  as: string;
}

export const EXAMPLE_ID = 'individual/TENANT/ind-2025-0001';
export const AS = ['--as <operator>', 'your id in the operators file'] as const;

/** The tenant that completes ids, and that lists therefore leave out. */
export function ownTenant(): string | undefined {
  return loadEnvironment('operator').tenantId;
}

/** Lends a client to a command. */
export async function withClient(use: (client: CaseClient) => Promise<void>): Promise<void> {
  const { temporal: settings, keys, tenantId } = loadEnvironment('operator');
  const temporal = await connectClient(settings, keys);
  try {
    await use(new CaseClient({ temporal, tenantId }));
  } finally {
    await temporal.connection.close();
  }
}
