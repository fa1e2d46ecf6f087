import type { ConnectionLike } from '@temporalio/client';

/** With a shorter retention, Temporal forgets too early that a reference was paid. */
export const RETENTION_DAYS = 90;

const DAY_SECONDS = 24 * 3600;

/**
 * Days that a namespace retains closed workflows, and with them the guard that a reference is paid once. Undefined if the server does not
 * say.
 */
export async function retentionDays(connection: ConnectionLike, namespace: string): Promise<number | undefined> {
  try {
    const { config } = await connection.workflowService.describeNamespace({ namespace });
    const seconds = Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0);
    return seconds > 0 ? seconds / DAY_SECONDS : undefined;
  } catch {
    // No permission to look, or a server without the call: the guard works anyway, only its duration is unknown.
    return undefined;
  }
}

/** A warning for whoever runs the worker; undefined if the retention is long enough. */
export function retentionWarning(days: number | undefined, namespace: string): string | undefined {
  if (days === undefined) {
    return `the retention of namespace "${namespace}" is not known; a reference is paid once for that long`;
  }
  return days < RETENTION_DAYS
    ? `namespace "${namespace}" retains closed workflows for ${days} days, we advise ${RETENTION_DAYS}; after that, a reference could be paid again: ` +
        `temporal operator namespace update --namespace ${namespace} --retention ${RETENTION_DAYS}d`
    : undefined;
}
