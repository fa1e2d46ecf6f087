import { randomUUID } from 'node:crypto';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { printAnswer } from './cli/answer.js';
import { auditText, caseText, queueText } from './cli/case-text.js';
import { typeAndSubject, wholeNumber } from './cli/input.js';
import { addCommand, createProgram, print, runProgram, say } from './cli/program.js';
import { CaseClient, connectClient, type CaseFilter } from './client/index.js';
import { loadEnvironment } from './config/environment.js';
import { ATTENTION_ACTIONS, refuse, type AttentionAction, type Decision, type Verdict } from './lifecycle/messages.js';

interface Json {
  json?: boolean;
}

const EXAMPLE_ID = 'individual/TENANT/ind-2025-0001';

const program = createProgram(
  'operator',
  'Shows cases and takes decisions. ID is KIND/TENANT/APPLICATION; the tenant may be left out where FINHUB_TENANT_ID is set.',
);

addCommand(program, 'queue', 'lists the cases that wait for an operator', [
  'queue',
  'queue --needs-attention',
  'queue --level POWER_TENANT --overdue',
])
  .option('--all', 'every running case, whoever it waits for')
  .option('--needs-attention', 'only those where a call has to be settled')
  .addOption(new Option('--kind <kind>').choices(['individual', 'organization']))
  .addOption(new Option('--level <level>', 'of the decision').choices(['TENANT', 'POWER_TENANT']))
  .option('--tenant <id>')
  .option('--overdue', 'only reviews whose due date has passed')
  .option('--limit <number>', 'how many at most', wholeNumber, 100)
  .action(({ json, all, level, tenant, needsAttention, kind, overdue, limit }: Json & QueueFlags) =>
    withClient(async (client) => {
      const cases = await client.list({
        kind,
        tenantId: tenant,
        reviewLevel: level,
        needsAttention,
        overdue,
        limit,
        forOperators: !all,
      });
      const note = "from Temporal's visibility, which may lag some seconds behind; show ID tells how a case stands now";
      print(json, { note, cases }, () => queueText(cases));
      if (!json) say(note);
    }),
  );
interface QueueFlags extends Pick<CaseFilter, 'kind' | 'needsAttention' | 'overdue' | 'limit'> {
  all?: boolean;
  level?: CaseFilter['reviewLevel'];
  tenant?: string;
}

addCommand(program, 'show <id>', 'shows a case with what a decision needs', [`show ${EXAMPLE_ID}`]).action(
  (id: string, { json }: Json) =>
    withClient(async (client) => {
      const view = await client.caseView(id);
      print(json, view, () => caseText(view));
    }),
);

const VERDICTS: Record<Verdict, string> = {
  approve: '--approve',
  reject: '--reject',
  'request-documents': '--request-documents',
};

addCommand(program, 'decide <id>', 'decides on the open round of a review', [
  `decide ${EXAMPLE_ID} --as op-1 --approve`,
  `decide ${EXAMPLE_ID} --as op-1 --reject --customer-reason 'The passport has expired.' --retryable`,
  `decide organization/TENANT/org-2025-0001 --as op-2 --request-documents BANK_STATEMENT DIRECTOR_ID@director-ona`,
])
  .requiredOption('--as <operator>', 'your id in the operators file')
  .addOption(new Option(VERDICTS.approve).conflicts(['reject', 'requestDocuments']))
  .addOption(new Option(VERDICTS.reject).conflicts(['approve', 'requestDocuments']))
  .addOption(
    new Option(`${VERDICTS['request-documents']} <types...>`, 'each TYPE or TYPE@PERSON').conflicts([
      'approve',
      'reject',
    ]),
  )
  .addOption(new Option('--level <level>', 'acts at a lower level than your own').choices(['TENANT', 'POWER_TENANT']))
  .option('--round <number>', 'the round decided on; by default the one the case shows now', wholeNumber)
  .option('--evidence <hash>', 'the evidence decided on; by default what the case shows now')
  .option('--customer-reason <text>', 'what the customer is told')
  .option('--internal-reason <text>', 'never leaves the case')
  .option('--retryable', 'with --reject: the customer may hand in again')
  .option('--decision-id <id>', 'by default a new one; the same id again is the same decision')
  .action((id: string, flags: DecideFlags, command: Command) =>
    withClient(async (client) => {
      const verdict = verdictOf(flags, command);
      const decision: Decision = {
        decisionId: flags.decisionId ?? randomUUID(),
        ...(await decidedOn(client, id, flags)),
        verdict,
        operator: { id: flags.as, level: flags.level },
        customerReason: flags.customerReason,
        internalReason: flags.internalReason,
        retryable: flags.retryable,
        documents: flags.requestDocuments?.map(typeAndSubject),
      };
      say(`decision ${decision.decisionId} on round ${decision.round}`);
      printAnswer(flags.json, await client.decide(id, decision), { decisionId: decision.decisionId });
    }),
  );
interface DecideFlags extends Json, Pick<Decision, 'customerReason' | 'internalReason' | 'retryable'> {
  as: string;
  approve?: boolean;
  reject?: boolean;
  requestDocuments?: string[];
  level?: 'TENANT' | 'POWER_TENANT';
  round?: number;
  evidence?: string;
  decisionId?: string;
}

/** What the operator has before their eyes, unless they name it; a case that has moved on since then refuses the decision. */
async function decidedOn(
  client: CaseClient,
  id: string,
  { round, evidence }: DecideFlags,
): Promise<Pick<Decision, 'round' | 'evidenceHash'>> {
  if (round !== undefined && evidence !== undefined) return { round, evidenceHash: evidence };
  const shown = await client.caseView(id);
  return { round: round ?? shown.review.round, evidenceHash: evidence ?? shown.evidenceHash };
}

function verdictOf({ approve, reject, requestDocuments }: DecideFlags, command: Command): Verdict {
  if (approve) return 'approve';
  if (reject) return 'reject';
  if (requestDocuments) return 'request-documents';
  return command.error(`error: one of ${Object.values(VERDICTS).join(', ')} is expected`);
}

addCommand(program, 'resolve <id>', 'settles a call that needs attention', [
  `resolve ${EXAMPLE_ID} --as op-1 --action retry`,
  `resolve ${EXAMPLE_ID} --as op-1 --action adopt --adopt customerId=… userId=… --reason 'found in the Admin Portal'`,
])
  .requiredOption('--as <operator>', 'your id in the operators file')
  .addOption(new Option('--action <action>').choices([...ATTENTION_ACTIONS]).makeOptionMandatory())
  .option('--attention <id>', 'by default the one the case shows now')
  .option('--adopt <key=value...>', 'with --action adopt: the result to go on with', keyAndValue)
  .option('--reason <text>', 'kept in the audit')
  .action((id: string, { json, as, action, attention, adopt, reason }: ResolveFlags) =>
    withClient(async (client) => {
      const attentionId = attention ?? (await client.caseView(id)).attention?.attentionId;
      const answer =
        attentionId === undefined
          ? refuse('NothingToResolve', 'the case shows nothing that needs attention')
          : await client.resolveAttention(id, { attentionId, action, by: as, adopt, reason });
      printAnswer(json, answer);
    }),
  );
interface ResolveFlags extends Json {
  as: string;
  action: AttentionAction;
  attention?: string;
  adopt?: Record<string, string>;
  reason?: string;
}

function keyAndValue(argument: string, earlier: Record<string, string> | undefined): Record<string, string> {
  const [, key, value] = /^([^=]+)=(.+)$/.exec(argument) ?? [];
  if (key === undefined || value === undefined) throw new InvalidArgumentError('KEY=VALUE is expected');
  return { ...earlier, [key]: value };
}

addCommand(program, 'cancel <id>', 'ends a case; what FinHub holds already stays there', [
  `cancel ${EXAMPLE_ID} --as op-1 --reason 'duplicate of ind-2025-0002'`,
])
  .requiredOption('--as <operator>', 'your id in the operators file')
  .requiredOption('--reason <text>', 'why')
  .action((id: string, { json, as, reason }: Json & { as: string; reason: string }) =>
    withClient(async (client) => printAnswer(json, await client.cancel(id, { by: as, reason }))),
  );

addCommand(program, 'audit <id>', 'prints who did what and when, in order', [`audit ${EXAMPLE_ID} --json`]).action(
  (id: string, { json }: Json) =>
    withClient(async (client) => {
      const entries = await client.audit(id);
      print(json, entries, () => auditText(entries));
    }),
);

await runProgram(program);

async function withClient(use: (client: CaseClient) => Promise<void>): Promise<void> {
  const { temporal: settings, keys, tenantId } = loadEnvironment('operator');
  const temporal = await connectClient(settings, keys);
  try {
    await use(new CaseClient({ temporal, tenantId }));
  } finally {
    await temporal.connection.close();
  }
}
