import { randomUUID } from 'node:crypto';
import { Option, type Command } from 'commander';
import type { CaseClient } from '../../client/index.js';
import type { Decision, Verdict } from '../../lifecycle/messages.js';
import { OPERATOR_LEVELS, type OperatorLevel } from '../../lifecycle/policy.js';
import { printAnswer } from '../answer.js';
import { confirmed, documentRequest, textOf, wholeNumber } from '../input.js';
import { addCommand, say } from '../program.js';
import { AS, EXAMPLE_ID, withClient, type Sender } from './common.js';

const VERDICTS: Record<Verdict, string> = {
  approve: '--approve',
  reject: '--reject',
  'request-documents': '--request-documents',
};

interface DecideFlags extends Sender, Pick<Decision, 'customerReason' | 'internalReason' | 'retryable'> {
  approve?: boolean;
  reject?: boolean;
  requestDocuments?: string[];
  level?: OperatorLevel;
  round?: number;
  evidence?: string;
  decisionId?: string;
  internalReasonFile?: string;
  yes?: boolean;
}

export function addDecide(program: Command): void {
  addCommand(program, 'decide <id>', 'decides on the open round of a review', [
    `decide ${EXAMPLE_ID} --as op-1 --approve`,
    `decide ${EXAMPLE_ID} --as op-1 --reject --customer-reason 'The passport has expired.' --retryable --yes`,
    `decide organization/TENANT/org-2025-0001 --as op-2 --request-documents BANK_STATEMENT 'PASSPORT@director-ona=has expired'`,
    `decide ${EXAMPLE_ID} --as op-1 --approve --key op-1.key`,
  ])
    .requiredOption(...AS)
    .addOption(new Option(VERDICTS.approve).conflicts(['reject', 'requestDocuments']))
    .addOption(new Option(VERDICTS.reject).conflicts(['approve', 'requestDocuments']))
    .addOption(
      new Option(`${VERDICTS['request-documents']} <types...>`, 'each TYPE, TYPE@PERSON or TYPE@PERSON=WHY').conflicts([
        'approve',
        'reject',
      ]),
    )
    .addOption(new Option('--level <level>', 'acts at a lower level than your own').choices(OPERATOR_LEVELS))
    .option('--round <number>', 'the round decided on; by default the one the case shows now', wholeNumber)
    .option('--evidence <hash>', 'the evidence decided on; by default the evidence the case shows now')
    .option('--customer-reason <text>', 'shown to the customer')
    .addOption(new Option('--internal-reason <text>', 'stays in the case').conflicts('internalReasonFile'))
    .option(
      '--internal-reason-file <file>',
      'the same from a file, which process lists do not show; "-" for standard input',
    )
    .option('--retryable', 'with --reject: the customer may apply again; without it a rejection is final')
    .option('--yes', 'with --reject: does not ask for confirmation')
    .option('--decision-id <id>', 'by default a new one; the same id means the same decision')
    .action((id: string, flags: DecideFlags, command: Command) =>
      withClient(async (client) => {
        const verdict = verdictOf(flags, command);
        const internalReason = await textOf(flags.internalReason, flags.internalReasonFile);
        if (verdict === 'reject') await makeSure(id, { ...flags, internalReason }, command);
        const decision: Decision = {
          decisionId: flags.decisionId ?? randomUUID(),
          ...(await decidedOn(client, id, flags)),
          verdict,
          operator: { id: flags.as, level: flags.level },
          customerReason: flags.customerReason,
          internalReason,
          retryable: flags.retryable,
          documents: flags.requestDocuments?.map(documentRequest),
        };
        say(`decision ${decision.decisionId} on round ${decision.round}`);
        printAnswer(flags.json, await client.decide(id, decision), { decisionId: decision.decisionId });
      }),
    );
}

/** The round and evidence that the operator sees, unless given. If the case has moved on since, it refuses the decision. */
async function decidedOn(
  client: CaseClient,
  id: string,
  { round, evidence }: DecideFlags,
): Promise<Pick<Decision, 'round' | 'evidenceHash' | 'subject'>> {
  const shown = await client.caseView(id);
  const { customerId, verificationId } = shown.ids;
  return {
    round: round ?? shown.review.round,
    evidenceHash: evidence ?? shown.evidenceHash,
    ...(customerId && verificationId ? { subject: { customerId, verificationId } } : {}),
  };
}

/** Asks before a rejection, which is final unless retryable. */
async function makeSure(id: string, flags: DecideFlags, command: Command): Promise<void> {
  const { customerReason, internalReason, retryable, internalReasonFile, yes } = flags;
  if (!customerReason && !internalReason) {
    command.error('error: --reject needs a reason: --customer-reason, --internal-reason or --internal-reason-file');
  }
  if (yes) return;
  const what = retryable ? 'sends it back to the customer' : 'ends it for good';
  if (!process.stdin.isTTY || internalReasonFile === '-') {
    command.error(`error: rejecting ${id} ${what}; add --yes to confirm`);
  }
  if (!(await confirmed(`Rejecting ${id} ${what}. Reject?`))) command.error('error: not rejected');
}

function verdictOf({ approve, reject, requestDocuments }: DecideFlags, command: Command): Verdict {
  if (approve) return 'approve';
  if (reject) return 'reject';
  if (requestDocuments) return 'request-documents';
  return command.error(`error: give one of ${Object.values(VERDICTS).join(', ')}`);
}
