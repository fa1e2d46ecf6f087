import { caseId } from '../lifecycle/ids.js';
import { PHASES, type CaseKind } from '../lifecycle/phases.js';
import { InvalidInput } from './errors.js';

export interface CaseIdParts {
  kind: CaseKind;
  tenantId: string;
  applicationId: string;
}

/**
 * The parts of `individual/<tenantId>/<applicationId>`, or of `individual/<applicationId>` if a tenant is given. The last part of a transfer's
 * id is its reference, of a customer's FinHub's id.
 * @throws InvalidInput
 */
export function caseIdParts(id: string, tenantId?: string): CaseIdParts {
  const [kind, ...rest] = id.split('/');
  const [tenant, applicationId, tooMuch] = rest.length === 1 ? [tenantId, rest[0]] : rest;
  if (!isKind(kind) || !tenant || !applicationId || tooMuch !== undefined) {
    const message = `KIND/<tenantId>/<name> is expected, where KIND is one of ${Object.keys(PHASES).join(', ')}`;
    throw new InvalidInput('the id', [{ path: id, message }]);
  }
  return { kind, tenantId: tenant, applicationId };
}

export function fullCaseId(id: string, tenantId?: string): string {
  const parts = caseIdParts(id, tenantId);
  return caseId(parts.kind, parts.tenantId, parts.applicationId);
}

function isKind(kind: string | undefined): kind is CaseKind {
  return kind !== undefined && Object.hasOwn(PHASES, kind);
}
