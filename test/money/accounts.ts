import type { IndividualInput } from '../../src/client/index.js';
import { approveAs, carry } from '../../dev/demo/carry.js';
import { EXAMPLES } from '../../dev/demo/examples.js';
import type { Stack } from '../../dev/embedded/stack.js';
import { anIndividual } from '../helpers/applications.js';
import type { Money } from '../../src/contract/money.js';
import type { FinHub } from '../helpers/finhub.js';

/** Beneficiaries at other banks. */
export const EXTERNAL = [
  { iban: 'LT717300010123456789', bic: 'HABALT22', country: 'LT' },
  { iban: 'DE44500105175407324931', bic: 'INGDDEFF', country: 'DE' },
  { iban: 'FR1420041010050500013M02606', bic: 'BNPAFRPP', country: 'FR' },
];

/** An account that pays, and the IBANs of those it may pay. */
export interface Payer {
  lifecycle: string;
  customerId: string;
  accountId: string;
  iban: string;
  beneficiaries: string[];
}

/** Carries a person to an account with a payment consent for all of `to`, and pays the first one where that is asked for. */
export async function openAccount(
  stack: Stack,
  finhub: FinHub,
  to: typeof EXTERNAL,
  first?: { reference: string; amount: Money },
): Promise<Payer> {
  const { client } = stack;
  const beneficiaries = to.map(({ iban, bic, country }, index) => ({
    ...{ ref: `payee-${index}`, name: `Payee Number${index}`, partyType: 'INDIVIDUAL_CUSTOMER', currency: 'EUR' },
    ...{ iban, bic, country },
  }));
  const limit = { value: '10000.00', currency: 'EUR' };
  const consent = { title: 'All', validDays: 365, perTransaction: limit, perDay: limit, transactionsPerDay: 10_000 };
  const transfer = first ? { ...first, beneficiary: 'payee-0', description: 'Rent' } : null;
  const application: IndividualInput = await anIndividual({ payments: { beneficiaries, consent, transfer } });
  const { workflowId } = await client.startIndividual(application, { folder: EXAMPLES });
  const status = await carry(
    client,
    workflowId,
    {
      operator: () => approveAs(client, workflowId, 'op-1'),
      customer: async () => {
        const { finhub: ids } = await client.caseView(workflowId);
        await client.submitActivationCode(workflowId, await finhub.activationCode(ids.customerId!));
      },
    },
    ({ status }) => {
      if (status === 'needsAttention') throw new Error(`${workflowId} needs attention`);
    },
  );
  return {
    lifecycle: workflowId,
    customerId: status.ids.customerId!,
    accountId: status.ids.accountId!,
    iban: status.iban!,
    beneficiaries: to.map(({ iban }) => iban),
  };
}
