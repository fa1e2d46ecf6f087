import type { Client } from '@temporalio/client';
import type { AuditEntry } from '../lifecycle/audit-events.js';
import { auditText } from '../lifecycle/audit-text.js';
import { documentRetentionId } from '../lifecycle/ids.js';
import { ask } from './current-status.js';
import { CaseNotFound } from './errors.js';

/** An audit entry with its meaning in English. */
export type ShownAuditEntry = AuditEntry & { text?: string | undefined };

/**
 * The audit of a case, followed by what happened to its documents: that outlives the case by years, and may be all that remains.
 * @throws CaseNotFound if nothing remains; NoAnswer
 */
export async function auditOf(temporal: Client, caseId: string, seconds: number): Promise<ShownAuditEntry[]> {
  const entriesOf = (workflowId: string): Promise<AuditEntry[] | undefined> =>
    ask<AuditEntry[]>(temporal, workflowId, 'audit', seconds).catch((error: unknown) => {
      if (error instanceof CaseNotFound) return undefined;
      throw error;
    });
  const [ofCase, ofDocuments] = await Promise.all([entriesOf(caseId), entriesOf(documentRetentionId(caseId))]);
  if (!ofCase && !ofDocuments) throw new CaseNotFound(caseId);
  const before = ofCase?.at(-1)?.seq ?? 0;
  const all = [...(ofCase ?? []), ...(ofDocuments ?? []).map((entry) => ({ ...entry, seq: before + entry.seq }))];
  return all.map((entry) => ({ ...entry, text: auditText(entry) }));
}
