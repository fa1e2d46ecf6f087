import type { CaseKind } from './phases.js';

/** Task queue of lifecycles, transfers and, by default, of the FinHub calls they make. */
export const TASK_QUEUE = 'finhub-lifecycle';

/** Temporal's workflow type of each kind of case. */
export const WORKFLOW_TYPES = {
  individual: 'individualLifecycle',
  organization: 'organizationLifecycle',
  transfer: 'transfer',
  customer: 'customer',
  call: 'finhubCall',
} as const satisfies Record<CaseKind, string>;

/** Id of a case: the same application, reference or customer is the same workflow. */
export function caseId(kind: CaseKind, tenantId: string, name: string): string {
  return `${kind}/${tenantId}/${name}`;
}

/** Id of a transfer: the same reference is the same transfer. */
export function transferId(tenantId: string, reference: string): string {
  return caseId('transfer', tenantId, reference);
}

/** Temporal's workflow type of the deletion of a case's documents. */
export const DOCUMENT_RETENTION = 'documentRetention';

/** Workflow id of the deletion of a case's documents. */
export function documentRetentionId(ofCase: string): string {
  return `documents/${ofCase}`;
}

/** Id of a customer's case from activation on. */
export function customerCaseId(tenantId: string, customerId: string): string {
  return caseId('customer', tenantId, customerId);
}

/** Temporal's workflow type of the inbox for FinHub's webhooks. */
export const WEBHOOK_INBOX = 'webhookInbox';

/** Workflow id of a tenant's inbox for webhooks. */
export function webhookInboxId(tenantId: string): string {
  return `inbox/${tenantId}`;
}
