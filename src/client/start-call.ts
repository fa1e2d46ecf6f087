import type { Client } from '@temporalio/client';
import type { HandCall } from '../lifecycle/hand-call.js';
import type { DocumentStore } from '../store/document-store.js';
import { storeDocuments } from './document-intake.js';
import type { PlannedCall } from './hand-call.js';
import type { Signing } from './signing.js';
import { startOnce, type Started } from './start.js';

export interface StartCallDependencies {
  temporal: Client;
  store: DocumentStore;
  signing?: Signing | undefined;
  /** The operator's own envelope, instead of the client's. */
  proof?: string | undefined;
}

/**
 * Starts a planned call, unless the same one was started before. The worker decides whether it is made.
 * @throws ApplicationConflict if the id was used for another call
 */
export async function startCall(
  { temporal, store, signing, proof }: StartCallDependencies,
  { workflowId, call, document, mark, sent }: PlannedCall,
): Promise<Started> {
  const [reference] = document ? await storeDocuments(store, workflowId, [document]) : [];
  const input = reference ? { ...(call.input as object), document: reference } : call.input;
  const asked: HandCall = { ...call, input };
  return startOnce({ temporal, signing, proof }, 'call', workflowId, asked, {
    mark,
    summary: `${call.operation} by hand, requested by ${call.by}`,
    details: [`- Tenant: \`${call.tenantId}\``, `- Class: ${sent.class}`],
  });
}
