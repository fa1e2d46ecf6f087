import type { Command } from 'commander';
import type { CustomerMessage, OnboardingClient } from '../client/index.js';
import { printAnswer } from './answer.js';
import { readJson } from './input.js';
import { addCommand } from './program.js';

interface Flags {
  json?: boolean;
  by: string;
}

type WithClient = (use: (client: OnboardingClient) => Promise<void>) => Promise<void>;

const EXAMPLE_ID = 'customer/TENANT/CUSTOMER';
const BY = ['--by <who>', 'who asks for it'] as const;

/** Adds what is asked for a customer after activation to the starter. */
export function addCustomerCommands(program: Command, withClient: WithClient): void {
  const ask = (id: string, { json }: Flags, what: CustomerMessage, body: object): Promise<void> =>
    withClient(async (client) => printAnswer(json, await client.ask(id, what, body as never)));

  addCommand(program, 'add-beneficiary <id> <file>', 'adds a beneficiary from a JSON file, "-" for standard input', [
    `add-beneficiary ${EXAMPLE_ID} beneficiary.json --by backoffice`,
  ])
    .requiredOption(...BY)
    .action(async (id: string, file: string, flags: Flags) => {
      const { content } = await readJson(file);
      await ask(id, flags, 'addBeneficiary', { by: flags.by, beneficiary: content });
    });

  addCommand(program, 'remove-beneficiary <id> <ref>', 'removes a beneficiary', [
    `remove-beneficiary ${EXAMPLE_ID} gallery --by backoffice`,
  ])
    .requiredOption(...BY)
    .action((id: string, ref: string, flags: Flags) => ask(id, flags, 'removeBeneficiary', { by: flags.by, ref }));

  addCommand(
    program,
    'make-payment-consent <id> [file]',
    'makes a payment consent from a JSON file in place of the present one; without a file, renews it',
    [
      `make-payment-consent ${EXAMPLE_ID} consent.json --by backoffice`,
      `make-payment-consent ${EXAMPLE_ID} --by backoffice`,
    ],
  )
    .requiredOption(...BY)
    .option('--beneficiaries <refs...>', 'those that may be paid by it; all by default')
    .action(async (id: string, file: string | undefined, flags: Flags & { beneficiaries?: string[] }) => {
      const { by, beneficiaries } = flags;
      const consent = file === undefined ? undefined : (await readJson(file)).content;
      await ask(id, flags, 'makePaymentConsent', { by, consent, beneficiaries });
    });

  addCommand(program, 'revoke-payment-consent <id>', 'revokes the payment consent: nothing is paid by it any more', [
    `revoke-payment-consent ${EXAMPLE_ID} --by backoffice --reason 'asked for by the customer'`,
  ])
    .requiredOption(...BY)
    .option('--reason <text>', 'recorded in the audit')
    .action((id: string, flags: Flags & { reason?: string }) =>
      ask(id, flags, 'revokePaymentConsent', { by: flags.by, reason: flags.reason }),
    );
}
