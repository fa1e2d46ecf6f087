import { CaseClient, connectClient } from '../../client/index.js';
import { say } from '../program.js';
import { proveShared, sharedBy } from '../../temporal/sharing.js';
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

/** Lends a client to a command. */
export async function withClient(use: (client: CaseClient) => Promise<void>): Promise<void> {
  const { temporal: settings, keys, tenantId } = loadEnvironment('operator');
  const temporal = await connectClient(settings, keys);
  try {
    const prove = async (): Promise<void> => {
      const note = await proveShared(temporal, sharedBy(keys, undefined));
      if (note !== undefined) say(note);
    };
    await use(new CaseClient({ temporal, tenantId, proveShared: prove }));
  } finally {
    await temporal.connection.close();
  }
}
