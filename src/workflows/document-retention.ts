import { TypedSearchAttributes, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ApplicationFailure,
  condition,
  getExternalWorkflowHandle,
  log,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  startChild,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/index.js';
import type { AuditCode, AuditData, AuditEntry, AuditWriter } from '../lifecycle/audit-events.js';
import type { CaseState } from '../lifecycle/case-state.js';
import { endedWithCase, retentionPlan, type RetentionPlan } from '../lifecycle/document-retention.js';
import { DOCUMENT_RETENTION, documentRetentionId } from '../lifecycle/ids.js';
import { queries } from './definitions.js';
import { NOT_ITS_PLACE } from './control-flow.js';
import { keyOf } from './search-attributes.js';
import { onOtherSignals, onSignal } from './signals.js';

const LATE_AFTER = '1 day';

const REPLAN = 'replan';
const NEEDS_ATTENTION = keyOf('NeedsAttention');

const { deleteDocuments } = proxyActivities<Pick<Activities, 'deleteDocuments'>>({
  startToCloseTimeout: '10 minutes',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1 hour' },
  summary: "deletes the case's documents",
});

/**
 * Deletes a case's documents when their time has come, years after the case has ended. A store that refuses is asked again without end; after a
 * day of that it needs attention, as Temporal's lists show. Its audit goes on where the case's ends.
 */
export async function documentRetention(first: RetentionPlan): Promise<AuditEntry[]> {
  const { workflowId } = workflowInfo();
  if (!isPlanOf(first) || workflowId !== documentRetentionId(first.caseId)) {
    throw ApplicationFailure.nonRetryable(
      'this workflow is not that of the case whose documents it names',
      NOT_ITS_PLACE,
    );
  }
  let plan = first;
  const audit: AuditEntry[] = [];
  const record = <Code extends AuditCode>(event: Code, data: AuditData[Code]): void => {
    audit.push({ seq: audit.length + 1, at: new Date().toISOString(), event, data } as AuditEntry);
  };
  setHandler(queries.audit, () => audit);
  // The case was reset after its end and has come to another one.
  onSignal(REPLAN, (changed) => {
    if (isPlanOf(changed, first.caseId)) plan = changed;
    else record('replanRefused', {});
  });
  onOtherSignals(() => {});

  for (;;) {
    await untilDue();
    const result = await deletion();
    if ('deleted' in result) {
      record('documentsDeleted', { documents: result.deleted });
      if (result.foreign.length > 0) record('documentsOfOthersLeftAlone', { documents: result.foreign });
      log.info('documents deleted', { caseId: plan.caseId, deleted: result.deleted.length });
      return audit;
    }
    const { keptUntil } = result;
    record('documentsKeptLonger', { until: keptUntil });
    if (Date.parse(plan.dueAt) < Date.parse(keptUntil)) plan = { ...plan, dueAt: keptUntil };
  }

  async function untilDue(): Promise<void> {
    for (let replanned = true; replanned;) {
      const { caseId, documents, dueAt } = plan;
      setCurrentDetails(`${documents.length} documents of \`${caseId}\` are kept until ${dueAt}`);
      const known = plan;
      replanned = await condition(() => plan !== known, Math.max(1, Date.parse(dueAt) - Date.now()), {
        summary: 'documents are kept',
      });
    }
  }

  async function deletion(): Promise<Awaited<ReturnType<typeof deleteDocuments>>> {
    let done = false;
    const asked = deleteDocuments(plan).finally(() => (done = true));
    const isLate = !(await condition(() => done, LATE_AFTER, { summary: 'deletion is late' }));
    if (isLate) {
      record('documentsNotDeleted', {});
      upsertSearchAttributes([{ key: NEEDS_ATTENTION, value: true }]);
    }
    const result = await asked;
    if (isLate) upsertSearchAttributes([{ key: NEEDS_ATTENTION, value: false }]);
    return result;
  }
}

/** Whether something is a plan that can be carried out, for the documents of this case. */
function isPlanOf(value: unknown, caseId?: string): value is RetentionPlan {
  if (typeof value !== 'object' || value === null || !('caseId' in value)) return false;
  const { caseId: of, documents, dueAt } = value as Partial<RetentionPlan>;
  return (
    (caseId === undefined || of === caseId) &&
    Array.isArray(documents) &&
    typeof dueAt === 'string' &&
    !Number.isNaN(Date.parse(dueAt))
  );
}

/** What of a case tells which documents it leaves. */
interface EndedCase extends AuditWriter {
  readonly state: CaseState;
  readonly wasReset: boolean;
}

/** Sees to it that the documents of a case that has ended are deleted when the tenant's policy says so. */
export async function planDeletion(theCase: EndedCase): Promise<void> {
  const { policy, review, outcome, application } = theCase.state;
  const keptDays = policy?.documents.keptDays;
  if (keptDays === undefined || review.evidence.length === 0) return;
  const { workflowId: caseId } = workflowInfo();
  const workflowId = documentRetentionId(caseId);
  if (!endedWithCase(theCase.state)) {
    if (theCase.wasReset || theCase.state.earlier) await dropPlan(workflowId);
    return;
  }
  const { tenantId } = application;
  const plan = retentionPlan({ caseId, tenantId }, review.evidence, new Date(outcome!.at), keptDays);
  try {
    await startChild(DOCUMENT_RETENTION, {
      workflowId,
      parentClosePolicy: 'ABANDON',
      cancellationType: 'ABANDON',
      args: [plan],
      typedSearchAttributes: new TypedSearchAttributes([
        { key: keyOf('LifecycleKind'), value: 'documents' },
        { key: keyOf('FinHubTenant'), value: tenantId },
      ]),
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    await getExternalWorkflowHandle(workflowId).signal(REPLAN, plan);
  }
  theCase.record('documentsKept', { until: plan.dueAt });
}

/** An end before the reset, or before the case was resumed, may have planned the deletion of what a customer who is active now has handed in. */
async function dropPlan(workflowId: string): Promise<void> {
  try {
    await getExternalWorkflowHandle(workflowId).cancel();
  } catch (error) {
    log.info('no plan of deletion to drop', { workflowId, why: String(error) });
  }
}
