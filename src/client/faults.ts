import type { z } from 'zod';
import type { Fault } from './errors.js';

export function pathText(path: readonly PropertyKey[]): string {
  const parts = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`));
  return parts.join('').replace(/^\./, '') || '(all of it)';
}

/** Said of what names no tenant where the service has none of its own. */
export const TENANT_MISSING: Fault = { path: 'tenantId', message: 'is missing, and FINHUB_TENANT_ID is not set' };

/** The faults that a schema found; a field that nobody knows is named by its own path. */
export function faultsOf(error: z.ZodError | undefined): Fault[] {
  return (error?.issues ?? []).flatMap((issue) => issueFaults(issue, []));
}

/** What zod says of a union that has no message of its own. */
const UNION_UNEXPLAINED = 'Invalid input';

function issueFaults(issue: z.core.$ZodIssue, above: PropertyKey[]): Fault[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'invalid_union' && issue.message === UNION_UNEXPLAINED) {
    // Of several forms, the one that the input comes nearest to.
    const [nearest] = [...issue.errors].sort((a, b) => a.length - b.length);
    return (nearest ?? []).flatMap((one) => issueFaults(one, path));
  }
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((name) => ({ path: pathText([...path, name]), message: 'no field of this name is known' }));
  }
  return [{ path: pathText(path), message: missing(issue) ? 'is missing' : issue.message }];
}

function missing(issue: z.core.$ZodIssue): boolean {
  return issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
}
