import type { z } from 'zod';
import type { Fault } from './errors.js';

export function pathText(path: readonly PropertyKey[]): string {
  const parts = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`));
  return parts.join('').replace(/^\./, '') || '(all of it)';
}

/** The faults that a schema found; a field that nobody knows is named by its own path. */
export function faultsOf(error: z.ZodError | undefined): Fault[] {
  return (error?.issues ?? []).flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((name) => ({ path: pathText([...issue.path, name]), message: 'no field of this name is known' }))
      : [{ path: pathText(issue.path), message: missing(issue) ? 'is missing' : issue.message }],
  );
}

function missing(issue: z.core.$ZodIssue): boolean {
  return issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
}
