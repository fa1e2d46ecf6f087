import { z } from 'zod';
import { personal } from '../../contract/marks.js';
import { CUSTOMER_MESSAGES, type CustomerMessage } from '../../lifecycle/customer-messages.js';

const time = z.string().describe('ISO 8601');
const money = z.object({ value: z.string(), currency: z.string() }).describe('in major units, such as "25.00"');
const NAMES = Object.keys(CUSTOMER_MESSAGES) as [CustomerMessage, ...CustomerMessage[]];

/** Of a customer's case: whom the account may pay, by which consent, and what was asked for. */
export const customerStatus = z
  .object({
    beneficiaries: z.array(z.object({ ref: z.string(), beneficiaryId: z.string().describe("FinHub's") })),
    consent: z
      .object({
        consentId: z.string(),
        validUntil: time,
        title: personal(z.string()),
        validDays: z.int(),
        perTransaction: money,
        perDay: money,
        perMonth: money.optional(),
        transactionsPerDay: z.int(),
        maxTransactions: z.int().optional(),
      })
      .nullable(),
    requests: z.array(
      z.object({
        requestId: z.string(),
        name: z.enum(NAMES),
        state: z.enum(['waiting', 'done', 'leftOut']).describe('`leftOut`: an operator let it be'),
        at: time.describe('when it was asked for, or settled; ISO 8601'),
      }),
    ),
  })
  .nullable()
  .describe('of a customer after activation; null for other cases');
