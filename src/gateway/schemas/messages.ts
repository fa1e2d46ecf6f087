import { z } from 'zod';
import { MESSAGE_SCHEMAS } from '../../lifecycle/messages.js';

/*
 * Messages as the gateway takes them: as the case reads them, and nothing besides. The case checks all of it again; here every fault is told at
 * once.
 */

const { decideVerification, correctApplication, submitActivationCode, confirmTransfer, decideTransfer } =
  MESSAGE_SCHEMAS;

const proof = z
  .string()
  .min(1)
  .max(4000)
  .optional()
  .describe("the operator's own envelope over this message, as `operator sign` makes it")
  .meta({ privacy: 'plain' });

/** A message of an operator, who by default is the caller. */
function byOperator<S extends { by: z.core.$ZodType }>({ shape: { by: _, ...rest } }: { shape: S }) {
  return z.strictObject({ ...rest, by: z.optional(MESSAGE_SCHEMAS.claim.shape.by), proof });
}

export const decision = z.strictObject({
  ...decideVerification.shape,
  operator: z.optional(decideVerification.shape.operator),
  proof,
});
export const claim = byOperator(MESSAGE_SCHEMAS.claim);
export const assignment = byOperator(MESSAGE_SCHEMAS.assign);
export const note = byOperator(MESSAGE_SCHEMAS.note);
export const extension = byOperator(MESSAGE_SCHEMAS.extend);
export const resolution = byOperator(MESSAGE_SCHEMAS.resolveAttention);
export const cancellation = z.strictObject({ ...MESSAGE_SCHEMAS.cancel.shape, proof });
export const correction = z.strictObject(correctApplication.shape);
export const activationCode = z.strictObject(submitActivationCode.shape);
export const confirmation = z.strictObject(confirmTransfer.shape);
export const transferDecision = z.strictObject(decideTransfer.shape);

/** What a case says to a message that it takes. */
export const answer = z.object({
  accepted: z.literal(true),
  state: z
    .enum(['kept', 'recorded', 'applied'])
    .describe('`kept`: came early, applied when its time comes; `recorded`: counted, more is needed'),
  detail: z.string(),
});
