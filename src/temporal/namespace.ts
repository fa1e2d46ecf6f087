import { setTimeout as pause } from 'node:timers/promises';
import type { ConnectionLike } from '@temporalio/client';
import { NamespaceNotFoundError } from '@temporalio/common';
import proto from '@temporalio/proto';
import { GRPC, grpcStatus } from './grpc-status.js';
import { RETENTION_DAYS, retentionDays } from './retention.js';
import { ensureSearchAttributes } from './search-attributes.js';

/** The result of setting up a namespace. */
export interface NamespaceSetUp {
  namespace: string;
  created: boolean;
  searchAttributesAdded: string[];
  /** Days that it retains closed workflows, before and now. */
  retentionDays: { before: number | undefined; now: number };
}

/** The server does not let us set up the namespace; the message has the commands for its administrator. */
export class NamespaceNotOurs extends Error {
  override readonly name = 'NamespaceNotOurs';
}

const PROPAGATION_MS = 30_000;
const RETENTION = proto.google.protobuf.Duration.fromObject({ seconds: RETENTION_DAYS * 24 * 3600 });

/**
 * Prepares a namespace for lifecycles: creates it if it is missing, adds our search attributes, and sets the retention of closed workflows
 * to at least 90 days. Safe to repeat; a longer retention stays.
 * @throws NamespaceNotOurs if the server refuses, as Temporal Cloud does; SearchAttributesMissing if one exists with another type
 */
export async function setUpNamespace(connection: ConnectionLike, namespace: string): Promise<NamespaceSetUp> {
  const created = await ensureNamespace(connection, namespace);
  const searchAttributesAdded = await onceKnown(() => ensureSearchAttributes(connection, namespace), created);
  const before = created ? undefined : await retentionDays(connection, namespace);
  if (before === undefined || before < RETENTION_DAYS) await retainFor90Days(connection, namespace);
  const now = (await retentionDays(connection, namespace)) ?? RETENTION_DAYS;
  return { namespace, created, searchAttributesAdded, retentionDays: { before, now } };
}

async function ensureNamespace(connection: ConnectionLike, namespace: string): Promise<boolean> {
  try {
    await connection.workflowService.describeNamespace({ namespace });
    return false;
  } catch (error) {
    if (grpcStatus(error) !== GRPC.notFound) throw refused(namespace, error);
  }
  try {
    await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: RETENTION });
    return true;
  } catch (error) {
    if (grpcStatus(error) === GRPC.alreadyExists) return false;
    throw refused(namespace, error);
  }
}

/** Waits until a new namespace is known everywhere, which takes the server up to about ten seconds. */
async function onceKnown<T>(work: () => Promise<T>, created: boolean): Promise<T> {
  for (const end = Date.now() + PROPAGATION_MS; ; await pause(500)) {
    try {
      return await work();
    } catch (error) {
      if (!created || !(error instanceof NamespaceNotFoundError) || Date.now() > end) throw error;
    }
  }
}

async function retainFor90Days(connection: ConnectionLike, namespace: string): Promise<void> {
  try {
    await connection.workflowService.updateNamespace({
      namespace,
      config: { workflowExecutionRetentionTtl: RETENTION },
    });
  } catch (error) {
    throw refused(namespace, error);
  }
}

function refused(namespace: string, cause: unknown): NamespaceNotOurs {
  return new NamespaceNotOurs(
    `the server does not let us set up namespace "${namespace}" (${(cause as Error).message}); have its administrator run, on a server of ` +
      `your own: temporal operator namespace create --namespace ${namespace} --retention ${RETENTION_DAYS}d, or update instead of create; on Temporal ` +
      `Cloud: tcld namespace retention set --namespace ${namespace} --retention-days ${RETENTION_DAYS}`,
    { cause },
  );
}
