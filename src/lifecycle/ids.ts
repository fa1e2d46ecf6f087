import type { LifecycleKind } from './phases.js';

/** Task queue of lifecycles, transfers and, by default, of the FinHub calls they make. */
export const TASK_QUEUE = 'finhub-lifecycle';

/** Temporal's workflow type of each kind of lifecycle. */
export const WORKFLOW_TYPES = {
  individual: 'individualLifecycle',
  organization: 'organizationLifecycle',
} as const satisfies Record<LifecycleKind, string>;

/** Id of a lifecycle: the same application is the same workflow. */
export function lifecycleId(kind: LifecycleKind, tenantId: string, applicationId: string): string {
  return `${kind}/${tenantId}/${applicationId}`;
}

/** Id of a transfer: the same reference is the same transfer. */
export function transferId(tenantId: string, reference: string): string {
  return `transfer/${tenantId}/${reference}`;
}
