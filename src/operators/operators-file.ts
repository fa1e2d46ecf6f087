import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { JWK } from 'jose';
import { OPERATOR_LEVELS, type Operator } from '../lifecycle/policy.js';
import { isReadableId, READABLE_ID_FAULT } from '../privacy/readable-id.js';

const operatorsSchema = z.strictObject({
  operators: z
    .array(
      z.strictObject({
        id: z
          .string()
          .min(1)
          .max(200)
          .refine((id) => isReadableId(id), { error: READABLE_ID_FAULT }),
        level: z.enum(OPERATOR_LEVELS),
        tenants: z.array(z.string().min(1)).min(1),
        /** Checks the operator's decisions, where they have to be signed: an Ed25519 JWK. */
        publicKey: z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string() }).optional(),
      }),
    )
    .superRefine((operators, context) => {
      operators.forEach(({ id }, index) => {
        if (operators.findIndex((other) => other.id === id) !== index) {
          context.addIssue({ code: 'custom', path: [index, 'id'], message: `"${id}" is listed twice` });
        }
      });
    }),
});

/** The operators file cannot be used; the message lists every fault with its path. Nobody may decide until it is mended. */
export class OperatorsFileError extends Error {
  override readonly name = 'OperatorsFileError';
}

export interface ListedOperator extends Operator {
  publicKey?: JWK | undefined;
}

/** Knows the operators, their levels and their tenants. */
export interface Operators {
  /**
   * What is known of an operator now, or undefined for a stranger.
   * @throws OperatorsFileError
   */
  lookUp(id: string): Promise<ListedOperator | undefined>;
}

/**
 * Operators from a JSON file, `{"operators": [{"id": "op-1", "level": "TENANT", "tenants": ["*"]}]}`. Read anew at every look-up: there is
 * one per decision, and a right that was taken away must not be used again.
 * @throws OperatorsFileError if it cannot be used now
 */
export async function operatorsFile(path: string): Promise<Operators> {
  await readOperators(path);
  return { lookUp: async (id) => (await readOperators(path)).find((operator) => operator.id === id) };
}

async function readOperators(path: string): Promise<ListedOperator[]> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new OperatorsFileError(`${path} cannot be read as JSON: ${(error as Error).message}`, { cause: error });
  }
  const parsed = operatorsSchema.safeParse(content);
  if (parsed.success) return parsed.data.operators;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'file'}: ${issue.message}`);
  throw new OperatorsFileError(`${path}: ${faults.join('; ')}`);
}
