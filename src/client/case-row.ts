import type { Client } from '@temporalio/client';
import type { TypedSearchAttributes } from '@temporalio/common';
import { decodeTypedSearchAttributes } from '@temporalio/common/lib/converter/payload-search-attributes.js';
import type { RawWorkflowExecutionInfo } from '@temporalio/client';
import type proto from '@temporalio/proto';
import { readPayloads } from '../temporal/payloads.js';
import { searchAttributeKeys as keys } from '../temporal/search-attributes.js';

/** A case in the list, read without asking the case. */
export interface CaseSummary {
  workflowId: string;
  kind: string | null;
  tenantId: string | null;
  phase: string | null;
  status: string | null;
  riskLevel: string | null;
  reviewLevel: string | null;
  assignee: string | null;
  dueAt: string | null;
  waitingFor: string | null;
  waitingSince: string | null;
  needsAttention: boolean;
  startedAt: string;
  /** False if it was written with a key that this process does not have: nobody here can query or answer it. */
  readable: boolean;
}

/** One row of Temporal's list. Search attributes are not encrypted, so a case of another key ring has a row, too. */
export async function caseRow(
  info: RawWorkflowExecutionInfo,
  options: Pick<Client['options'], 'namespace' | 'loadedDataConverter'>,
): Promise<CaseSummary> {
  const attributes = decodeTypedSearchAttributes(info.searchAttributes?.indexedFields);
  const seconds = Number(info.startTime?.seconds ?? 0);
  return {
    workflowId: info.execution!.workflowId!,
    ...byAttributes(attributes),
    startedAt: new Date(seconds * 1000 + (info.startTime?.nanos ?? 0) / 1e6).toISOString(),
    readable: await isReadable(info.memo, info.execution!.workflowId!, options),
  };
}

function byAttributes(attributes: TypedSearchAttributes): Omit<CaseSummary, 'workflowId' | 'startedAt' | 'readable'> {
  return {
    kind: attributes.get(keys.LifecycleKind) ?? null,
    tenantId: attributes.get(keys.FinHubTenant) ?? null,
    phase: attributes.get(keys.LifecyclePhase) ?? null,
    status: attributes.get(keys.LifecycleStatus) ?? null,
    riskLevel: attributes.get(keys.RiskLevel) ?? null,
    reviewLevel: attributes.get(keys.ReviewLevel) ?? null,
    assignee: attributes.get(keys.ReviewAssignee) ?? null,
    dueAt: attributes.get(keys.ReviewDueAt)?.toISOString() ?? null,
    waitingFor: attributes.get(keys.WaitingFor) ?? null,
    waitingSince: attributes.get(keys.WaitingSince)?.toISOString() ?? null,
    needsAttention: attributes.get(keys.NeedsAttention) ?? false,
  };
}

/** Every case is started with a memo, encrypted with the same keys as everything else. */
async function isReadable(
  memo: proto.temporal.api.common.v1.IMemo | null | undefined,
  workflowId: string,
  { namespace, loadedDataConverter }: Pick<Client['options'], 'namespace' | 'loadedDataConverter'>,
): Promise<boolean> {
  try {
    const context = { type: 'workflow', namespace, workflowId } as const;
    const values = await readPayloads(loadedDataConverter, Object.values(memo?.fields ?? {}), context);
    return values.every((value) => typeof value === 'string');
  } catch {
    return false;
  }
}
