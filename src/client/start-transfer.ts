import { transferId } from '../lifecycle/ids.js';
import { moneyText } from '../contract/money.js';
import { isBeyondRetention, isDatedAhead, transferContent, type TransferOrder } from '../lifecycle/transfer.js';
import { personal } from '../contract/marks.js';
import { isReadableId, READABLE_ID_FAULT } from '../privacy/readable-id.js';
import { fingerprint } from '../secrets/seal.js';
import { retentionDays } from '../temporal/retention.js';
import { z } from 'zod';
import { InvalidInput } from './errors.js';
import { faultsOf, TENANT_MISSING } from '../intake/faults.js';
import { iban, key, money, origin, text } from '../contract/field-schemas.js';
import { startOnce, type StartDependencies, type Started, type Taken } from './start.js';

/** Of `examples/transfer.json`: taken as it is, it would use up the example's reference. */
const PLACEHOLDER = '00000000-0000-0000-0000-000000000000';

/** The form in which transfers are taken. */
export const transferSchema = z.strictObject({
  reference: key(35)
    .refine((reference) => isReadableId(reference), { error: READABLE_ID_FAULT })
    .describe("the transfer's own id, unique within the tenant; a date in it is its first or last part"),
  tenantId: key(64).optional().describe("FinHub's id of the tenant; by default FINHUB_TENANT_ID"),
  customerId: key(64)
    .refine((id) => id !== PLACEHOLDER, {
      error: 'stands for a customer: put in the customerId that "status" of its onboarding shows',
    })
    .describe('FinHub\'s id of the customer who pays, as "status" of its onboarding shows it'),
  accountId: key(64)
    .refine((id) => id !== PLACEHOLDER, {
      error: 'stands for an account: put in the accountId that "status" of its onboarding shows',
    })
    .describe('FinHub\'s id of the account that pays, as "status" of its onboarding shows it'),
  beneficiaryIban: iban.describe("of one of the account's beneficiaries"),
  amount: money,
  description: personal(text(140)),
  confirmation: z.boolean().default(false).describe('waits for the customer between preparing and executing'),
  submittedBy: personal(text()).describe('who asks for it; whoever does never approves it'),
  origin: z.strictObject(origin),
});

export type TransferInput = z.input<typeof transferSchema>;

/** JSON Schema of a transfer, for other programs and languages. */
export function transferJsonSchema(): unknown {
  return z.toJSONSchema(transferSchema, { io: 'input' });
}

/**
 * Checks a transfer and starts it, unless the same reference did before.
 * @throws InvalidInput with every fault; ApplicationConflict where the reference was used for another transfer
 */
export async function startTransfer(dependencies: StartDependencies, input: unknown): Promise<Started> {
  const { workflowId, subject, marks } = await takeTransfer(dependencies, input);
  return startOnce(dependencies, 'transfer', workflowId, subject, marks);
}

/** Checks a transfer. @throws InvalidInput with every fault */
export async function takeTransfer(
  { temporal, keys, tenantId: ownTenant }: Omit<StartDependencies, 'store'>,
  input: unknown,
): Promise<Taken<TransferOrder>> {
  const parsed = transferSchema.safeParse(input);
  const tenantId = parsed.data?.tenantId ?? ownTenant;
  const faults = [...faultsOf(parsed.error), ...(parsed.success && tenantId === undefined ? [TENANT_MISSING] : [])];
  if (!parsed.success || tenantId === undefined) throw new InvalidInput('the transfer', faults);

  const order: TransferOrder = { ...parsed.data, tenantId };
  const { reference, amount } = order;
  if (isDatedAhead(reference, new Date())) {
    const message =
      'carries a date that has not come yet: the guard against a second payment counts from it; start the transfer on the day, or take a reference without a date';
    throw new InvalidInput('the transfer', [{ path: 'reference', message }]);
  }
  const days = await retentionDays(temporal.connection, temporal.options.namespace);
  if (days !== undefined && isBeyondRetention(reference, days, new Date())) {
    const message = `is older than the ${days} days for which the namespace remembers what was paid`;
    throw new InvalidInput('the transfer', [{ path: 'reference', message }]);
  }
  const marks = {
    mark: fingerprint(keys, transferContent(order)),
    summary: `transfer ${reference}, ${moneyText(amount)}`,
    details: [`- Tenant: \`${tenantId}\``, `- Customer: \`${order.customerId}\``, `- Account: \`${order.accountId}\``],
  };
  return { workflowId: transferId(tenantId, reference), subject: order, marks };
}
