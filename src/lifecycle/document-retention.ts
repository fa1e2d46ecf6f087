import type { DocumentReference } from '../contract/application.js';
import type { CaseState } from './case-state.js';

/** Which documents of a case will be deleted, and when. */
export interface RetentionPlan {
  caseId: string;
  tenantId: string;
  documents: Pick<DocumentReference, 'documentId' | 'type' | 'subject' | 'sha256'>[];
  /** ISO 8601. */
  dueAt: string;
}

const DAY_MS = 24 * 3600_000;

/**
 * Whether the relationship with the customer ended with the case. The law counts the years from that end. For an active account we do not
 * learn of it, so its documents stay until somebody deletes them.
 */
export function endedWithCase({ finhub }: Pick<CaseState, 'finhub'>): boolean {
  return !finhub.facts.includes('accountActive');
}

/** The plan for a case that has ended. */
export function retentionPlan(
  of: Pick<RetentionPlan, 'caseId' | 'tenantId'>,
  documents: readonly DocumentReference[],
  endedAt: Date,
  keptDays: number,
): RetentionPlan {
  return {
    ...of,
    documents: documents.map(({ documentId, type, subject, sha256 }) => ({ documentId, type, subject, sha256 })),
    dueAt: new Date(endedAt.getTime() + keptDays * DAY_MS).toISOString(),
  };
}
