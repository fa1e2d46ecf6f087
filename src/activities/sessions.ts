import type { FinHubClient } from '../finhub/client.js';
import type { Credentials } from '../finhub/endpoint.js';
import { failing } from './failure.js';
import type { CallFor } from './finhub-calls.js';
import type { Secrets } from './secrets.js';

export interface SessionActivities {
  /** Logs the customer in, to prove the credentials; the token stays in the worker. */
  openSession(call: { session: Credentials; for: CallFor }): Promise<void>;
  /** Logs the customer out if this worker has the session. */
  closeSession(call: { session: Credentials; for: CallFor }): Promise<void>;
}

export function sessionActivities(client: FinHubClient, secrets: Secrets): SessionActivities {
  return {
    openSession: ({ session, for: purpose }) =>
      failing({ operation: 'openSession' }, client, purpose.tenantId, async () => {
        await client.sessions.open(secrets.openAll(session));
      }),
    closeSession: ({ session, for: purpose }) =>
      failing({ operation: 'closeSession' }, client, purpose.tenantId, () =>
        client.sessions.close(secrets.openAll(session)),
      ),
  };
}
