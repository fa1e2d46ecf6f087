import { z } from 'zod';
import { caseId } from '../../lifecycle/ids.js';
import type { CaseKind } from '../../lifecycle/phases.js';
import type { Caller } from '../caller.js';
import { KINDS } from '../schemas/status.js';

/** What may stand for one part of a case's id; anything else names no case. */
export const name = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,200}$/)
  .describe("the application's id, or what else names the case: a transfer's reference, a customer's id");

export const caseParams = z.object({ kind: z.enum(KINDS), id: name });

/** The case's whole id. Its tenant is the caller's: others' cases are not there for it. */
export function idOf(caller: Caller, { kind, id }: { kind: CaseKind; id: string }): string {
  return caseId(kind, caller.tenant, id);
}

/** Where a case is found. */
export function locationOf(kind: CaseKind, id: string): string {
  return `/v1/cases/${kind}/${id}`;
}
