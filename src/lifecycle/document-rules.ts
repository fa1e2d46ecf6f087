import { isOrganization, type Application } from '../contract/application.js';
import type { CaseState, LifecycleState, Requirement } from './case-state.js';
import { documentTypeFault } from '../contract/document-types.js';
import { lackingPapers, paperText, requirementOf } from './evidence.js';
import type { DocumentRequest } from './messages.js';
import { ownersOf } from './ownership.js';
import { missingDocuments } from './review-evidence.js';

/** Refs of the people whose documents can be requested and submitted. */
function subjectsOf(application: Application): string[] {
  if (!isOrganization(application)) return [];
  const { directors, employees } = application;
  return [...directors, ...ownersOf(application), ...employees].map(({ ref }) => ref);
}

/**
 * What is wrong with the types and people in documents or requests, or undefined. Nobody could meet a request about an unknown person, and
 * an unknown person's paper proves nothing.
 */
export function documentFault(
  { kind, application }: CaseState,
  documents: readonly { type: string; subject?: string | undefined }[],
): string | undefined {
  if (kind !== 'individual' && kind !== 'organization') return undefined;
  const known = subjectsOf(application);
  for (const [index, { type, subject }] of documents.entries()) {
    const fault = documentTypeFault(type);
    if (fault !== undefined) return `documents[${index}].type: ${fault}`;
    if (subject !== undefined && !known.includes(subject)) {
      const whom = known.length > 0 ? `known are ${known.join(', ')}` : 'an individual submits only their own; omit it';
      return `documents[${index}].subject: "${subject}" does not match anyone in the application; ${whom}`;
    }
  }
  return undefined;
}

/** What the round still waits for: required papers, and an operator's requests. */
export function lackingDocuments(state: LifecycleState): { text: string; requirement: Requirement }[] {
  const papers = lackingPapers(state);
  // "Anything" is superfluous if something specific is missing.
  const requests = missingDocuments(state.review).filter(({ type }) => type !== 'ANY' || papers.length === 0);
  return [
    ...papers.map((paper) => ({ text: paperText(paper), requirement: requirementOf(paper) })),
    ...requests.map((request) => ({ text: requestText(request), requirement: requestedOf(request) })),
  ];
}

function requestedOf({ type, why, subject }: DocumentRequest): Requirement {
  const what = type === 'ANY' ? 'documents are needed' : `a document of type ${type} is needed`;
  return { code: 'document', message: why === undefined ? what : `${what}: ${why}`, document: type, subject };
}

/** A request as text: `PASSPORT of director-ona`. */
function requestText({ type, subject }: DocumentRequest): string {
  return subject === undefined ? type : `${type} of ${subject}`;
}
