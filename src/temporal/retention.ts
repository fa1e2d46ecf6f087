import type { ConnectionLike } from '@temporalio/client';

/** Less than this leaves references that were paid too soon without a memory. */
export const RETENTION_DAYS = 90;

const DAY_SECONDS = 24 * 3600;

/**
 * Days that a namespace keeps closed workflows, and with them the guard that a reference is paid once. Undefined where the server does not
 * tell.
 */
export async function retentionDays(connection: ConnectionLike, namespace: string): Promise<number | undefined> {
  try {
    const { config } = await connection.workflowService.describeNamespace({ namespace });
    const seconds = Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0);
    return seconds > 0 ? seconds / DAY_SECONDS : undefined;
  } catch {
    // No right to look, or a server without the call: the guard holds all the same, only nobody knows for how long.
    return undefined;
  }
}

/** What to tell whoever runs the worker; undefined where all is well. */
export function retentionWarning(days: number | undefined, namespace: string): string | undefined {
  if (days === undefined) {
    return `how long namespace "${namespace}" keeps closed workflows is not known; a reference is paid once for that long`;
  }
  return days < RETENTION_DAYS
    ? `namespace "${namespace}" keeps closed workflows for ${days} days, ${RETENTION_DAYS} are advised; a reference could be paid again after that: ` +
        `temporal operator namespace update --namespace ${namespace} --retention ${RETENTION_DAYS}d`
    : undefined;
}
