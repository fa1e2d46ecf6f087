import type { z } from 'zod';
import { pathText } from '../lifecycle/path-text.js';

/** One thing that is wrong with an input, and where: `shareholders[1].email`. */
export interface Fault {
  path: string;
  message: string;
}

/** A fault's path as a JSON pointer (RFC 6901): `shareholders[1].email` is `/shareholders/1/email`. */
export function pointerOf(path: string): string {
  if (path === pathText([])) return '';
  const parts = path.split(/\.|\[(\d+)\]\.?/).filter((part) => part !== undefined && part !== '');
  return parts.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** The fault of an input without a tenant, if the service has no default. */
export const TENANT_MISSING: Fault = { path: 'tenantId', message: 'is missing, and FINHUB_TENANT_ID is not set' };

/** The faults that a schema found; an unknown field is named by its own path. */
export function faultsOf(error: z.ZodError | undefined): Fault[] {
  return (error?.issues ?? []).flatMap((issue) => issueFaults(issue, []));
}

/** zod's message for a union without its own. */
const UNION_UNEXPLAINED = 'Invalid input';

function issueFaults(issue: z.core.$ZodIssue, above: PropertyKey[]): Fault[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'invalid_union' && issue.message === UNION_UNEXPLAINED) {
    // Of several forms, the closest one counts.
    const [nearest] = [...issue.errors].sort((a, b) => a.length - b.length);
    return (nearest ?? []).flatMap((one) => issueFaults(one, path));
  }
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((name) => ({ path: pathText([...path, name]), message: 'is not a known field' }));
  }
  return [{ path: pathText(path), message: explained(issue) }];
}

/** A fault in plain words. Rules with their own text keep it; the schema library's phrases are replaced by what is expected. */
function explained(issue: z.core.$ZodIssue): string {
  if (missing(issue)) return 'is missing';
  const unit = (origin: string): string => (origin === 'string' ? ' characters' : origin === 'array' ? ' entries' : '');
  switch (issue.code) {
    case 'invalid_type':
      return EXPECTED[issue.expected] ?? `${issue.expected} is expected`;
    case 'too_small':
      if (issue.origin === 'string' && issue.minimum === 1) return 'is empty';
      return `at least ${String(issue.minimum)}${unit(issue.origin)} expected`;
    case 'too_big':
      return `at most ${String(issue.maximum)}${unit(issue.origin)} expected`;
    case 'invalid_value':
      return `one of ${issue.values.map(String).join(', ')} is expected`;
    default:
      return issue.message;
  }
}

const EXPECTED: Partial<Record<string, string>> = {
  string: 'a text is expected',
  number: 'a number is expected',
  int: 'a whole number is expected',
  boolean: 'true or false is expected',
  object: 'an object is expected',
  record: 'an object is expected',
  array: 'a list is expected',
};

function missing(issue: z.core.$ZodIssue): boolean {
  return issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
}
