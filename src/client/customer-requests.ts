import { z } from 'zod';
import { key, text } from '../contract/field-schemas.js';
import { beneficiary, paymentConsent } from '../contract/payments-schema.js';
import { personal } from '../contract/marks.js';
import { faultsOf } from '../intake/faults.js';
import type { CustomerMessage } from '../lifecycle/customer-messages.js';
import type { MessageBodies } from '../lifecycle/messages.js';
import { InvalidInput } from './errors.js';

const by = personal(text()).describe('who asks for it');

/** The forms in which requests for a customer are taken. */
export const customerRequestSchemas = {
  addBeneficiary: z.strictObject({ by, beneficiary }),
  removeBeneficiary: z.strictObject({ by, ref: key(64) }),
  makePaymentConsent: z.strictObject({
    by,
    consent: paymentConsent.optional().describe('without it, the terms of the present consent hold anew'),
    beneficiaries: z
      .array(key(64))
      .min(1)
      .max(100)
      .optional()
      .describe('refs of those that may be paid by it; all, where none are named'),
  }),
  revokePaymentConsent: z.strictObject({ by, reason: personal(text(1000)).optional() }),
} as const satisfies Record<CustomerMessage, z.ZodType>;

export type CustomerRequestInput<Name extends CustomerMessage> = z.input<(typeof customerRequestSchemas)[Name]>;

const SUBJECTS: Record<CustomerMessage, string> = {
  addBeneficiary: 'the beneficiary',
  removeBeneficiary: 'the removal',
  makePaymentConsent: 'the payment consent',
  revokePaymentConsent: 'the revocation',
};

/** A request as the case takes it. @throws InvalidInput with every fault */
export function checkedRequest<Name extends CustomerMessage>(name: Name, input: unknown): MessageBodies[Name] {
  const parsed = customerRequestSchemas[name].safeParse(input);
  if (!parsed.success) throw new InvalidInput(SUBJECTS[name], faultsOf(parsed.error));
  return parsed.data as MessageBodies[Name];
}
