import { z } from 'zod';
import { Refused } from '../gateway/problem.js';
import { caseId } from '../lifecycle/ids.js';
import { type CaseKind, PHASES } from '../lifecycle/phases.js';

const caseParams = z.object({
  kind: z.enum(Object.keys(PHASES) as [CaseKind, ...CaseKind[]]),
  id: z.string().regex(/^[A-Za-z0-9._-]{1,200}$/),
});

/** The case that an address names, of the operator's own tenant: others' cases are not there. @throws Refused */
export function caseNamed(params: unknown, tenant: string): string {
  const named = caseParams.safeParse(params).data;
  if (!named) throw new Refused('CaseNotFound');
  return caseId(named.kind, tenant, named.id);
}

export function pathOf(workflowId: string): string {
  const [kind, , id] = workflowId.split('/');
  return `/console/cases/${kind}/${id}`;
}
