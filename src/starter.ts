import { Argument, Option } from 'commander';
import { printAnswer } from './cli/answer.js';
import { documentArgument, readJson, readSecret, wholeNumber } from './cli/input.js';
import { addCustomerCommands } from './cli/customer-commands.js';
import { addPaymentCommands } from './cli/payment-commands.js';
import { addCommand, createProgram, endWith, print, runProgram, say } from './cli/program.js';
import { changeLine, statusText } from './cli/status-text.js';
import {
  applicationJsonSchema,
  connectOnboarding,
  signersFile,
  signingOf,
  transferJsonSchema,
  WAIT_TARGETS,
  type ConsentsInput,
  type IndividualInput,
  type OnboardingClient,
  type OrganizationInput,
  type Resumed,
  type Started,
  type WaitTarget,
} from './client/index.js';
import { loadEnvironment } from './config/environment.js';
import type { LifecycleKind } from './lifecycle/phases.js';
import { ensureSearchAttributes } from './temporal/search-attributes.js';

interface Json {
  json?: boolean;
}

const EXAMPLE_ID = 'individual/TENANT/ind-2025-0001';

const RESUME_HELP = `
The new run finds what FinHub already has and does nothing twice. It takes over signed documents and consents, but not decisions,
approvals and activation codes: people give those again. A case that is running, or that ended normally, is refused.
To sign messages, set SIGNERS_FILE and use the key of a client or a gateway.`;

const program = createProgram(
  'starter',
  'Starts lifecycles and sends messages for the customer. ID is KIND/TENANT/APPLICATION; without TENANT, FINHUB_TENANT_ID counts.',
);

for (const kind of ['individual', 'organization'] as const) {
  addCommand(program, `${kind} <file>`, `starts the lifecycle of an ${kind} from a JSON file, "-" for standard input`, [
    `${kind} examples/${kind}.json`,
    `${kind} - --json < application.json`,
    `${kind} examples/${kind}.json --ids-within 10`,
  ])
    .option('--ids-within <seconds>', "waits up to this long for FinHub's ids; starts either way", wholeNumber)
    .action((file: string, options: StartFlags) => start(kind, file, options));
}

addCommand(program, 'status <id>', 'shows the state of a lifecycle', [`status ${EXAMPLE_ID}`]).action(
  (id: string, { json }: Json) =>
    withClient(async (client) => {
      const status = await client.status(id);
      print(json, status, statusText);
    }),
);

addCommand(
  program,
  'wait <id>',
  'waits until a lifecycle reaches a point; exits 3 if it ended another way, 6 if it needs attention first',
  [`wait ${EXAMPLE_ID} --for decision`, `wait ${EXAMPLE_ID} --for active --timeout 600`],
)
  .addOption(new Option('--for <what>', 'what to wait for').choices([...WAIT_TARGETS]).makeOptionMandatory())
  .option('--timeout <seconds>', 'exits 5 after that time', wholeNumber)
  .option('--through-attention', 'keeps waiting while the case needs attention')
  .action((id: string, { for: target, timeout, throughAttention, json }: WaitFlags) =>
    withClient(async (client) => {
      const { reached, needsAttention, status } = await client.wait(id, target, {
        throughAttention,
        timeoutMs: timeout === undefined ? undefined : timeout * 1000,
        onChange: (changed) => say(changeLine(changed)),
      });
      print(json, { reached, needsAttention, status }, (safe) => statusText(safe.status));
      if (!reached) endWith(needsAttention ? 'needsAttention' : 'refused');
    }),
  );

addCommand(
  program,
  'submit-documents <id> <documents...>',
  'submits documents, each as TYPE=FILE or TYPE@PERSON=FILE',
  [
    `submit-documents ${EXAMPLE_ID} --by backoffice PASSPORT=passport.pdf PROOF_OF_ADDRESS=bill.pdf`,
    'submit-documents organization/TENANT/org-2025-0001 --by backoffice DIRECTOR_ID@director-ona=passport.png',
  ],
)
  .requiredOption('--by <who>', 'who submits them; this person can never decide on them')
  .action((id: string, documents: string[], { by, json }: Json & { by: string }) =>
    withClient(async (client) => {
      const submission = { submittedBy: by, documents: documents.map(documentArgument) };
      printAnswer(json, await client.submitDocuments(id, submission, { folder: process.cwd() }));
    }),
  );

addCommand(program, 'accept-consents <id>', 'records that the customer accepted the three consents', [
  `accept-consents ${EXAMPLE_ID} --version 1.0 --at 2025-11-03T09:41:12Z --ip 192.0.2.24 --user-agent 'Mozilla/5.0 …'`,
])
  .requiredOption('--version <version>', 'of the accepted texts')
  .requiredOption('--at <time>', 'when the customer accepted, ISO 8601 with zone')
  .requiredOption('--ip <address>', "the customer's own; FinHub stores it permanently")
  .requiredOption('--user-agent <text>', "the customer's own; FinHub stores it permanently")
  .option('--accepted-by <name>', 'the signatory, for an organization')
  .action((id: string, { json, version, at, ip, userAgent, acceptedBy }: Json & Record<ConsentFlag, string>) =>
    withClient(async (client) => {
      const evidence: ConsentsInput = { version, acceptedAt: at, ipAddress: ip, userAgent, acceptedBy };
      printAnswer(json, await client.acceptConsents(id, evidence));
    }),
  );
type ConsentFlag = 'version' | 'at' | 'ip' | 'userAgent' | 'acceptedBy';

addCommand(program, 'submit-activation-code <id> [code]', 'submits the code that FinHub mailed to the customer', [
  `submit-activation-code ${EXAMPLE_ID} < code.txt`,
  `submit-activation-code ${EXAMPLE_ID} CODE    # visible to everybody who can list processes`,
]).action((id: string, code: string | undefined, { json }: Json) =>
  withClient(async (client) => printAnswer(json, await client.submitActivationCode(id, await readSecret(code)))),
);

addCommand(program, 'correct <id> <file>', 'corrects the application with a JSON merge patch, "-" for standard input', [
  `correct ${EXAMPLE_ID} --by backoffice patch.json    # {"person": {"phone": "+37060000102"}}`,
])
  .requiredOption('--by <who>', 'who corrects')
  .action((id: string, file: string, { by, json }: Json & { by: string }) =>
    withClient(async (client) => {
      const { content } = await readJson(file);
      const patch = content as Record<string, unknown>;
      printAnswer(json, await client.correctApplication(id, { correctedBy: by, patch }));
    }),
  );

addCommand(program, 'cancel <id>', 'ends a lifecycle; data at FinHub stays there', [
  `cancel ${EXAMPLE_ID} --by backoffice --reason 'withdrawn by the customer'`,
])
  .requiredOption('--by <who>', 'who cancels')
  .requiredOption('--reason <text>', 'why')
  .action((id: string, { by, reason, json }: Json & { by: string; reason: string }) =>
    withClient(async (client) => printAnswer(json, await client.cancel(id, { by, reason }))),
  );

addCommand(
  program,
  'resume <id> [file]',
  'restarts a case whose workflow was ended in Temporal: terminated, failed, or completed from outside',
  [
    `resume ${EXAMPLE_ID}`,
    `resume ${EXAMPLE_ID} application.json    # if Temporal has no readable start, or the case was corrected`,
  ],
)
  .addHelpText('after', RESUME_HELP)
  .action(async (id: string, file: string | undefined, { json }: Json) => {
    const read = file === undefined ? undefined : await readJson(file);
    await withClient(async (client) => {
      const resumed = await client.resume(id, read && { input: read.content, folder: read.folder });
      print(json, resumed, resumedText);
    });
  });

program
  .command('schema')
  .addArgument(new Argument('<kind>').choices(['individual', 'organization', 'transfer']))
  .description('prints the JSON Schema of an application or a transfer')
  .option('--json', 'for consistency; the output is always JSON')
  .action((kind: LifecycleKind | 'transfer') =>
    print(true, kind === 'transfer' ? transferJsonSchema() : applicationJsonSchema(kind), String),
  );

addPaymentCommands(program, withClient);
addCustomerCommands(program, withClient);

await runProgram(program);

function resumedText({ workflowId, takenFrom, documents, earlierRuns }: Resumed): string {
  const from = takenFrom === 'file' ? 'the file' : 'its history';
  return [
    `${workflowId} runs again, from ${from}, with ${documents} documents submitted later`,
    `earlier runs: ${earlierRuns}; existing objects at FinHub are adopted, and people decide again`,
    `next: npm run starter -- status ${workflowId}`,
  ].join('\n');
}

type WaitFlags = Json & { for: WaitTarget; timeout?: number; throughAttention?: boolean };

type StartFlags = Json & { idsWithin?: number };

async function start(kind: LifecycleKind, file: string, { json, idsWithin }: StartFlags): Promise<void> {
  const { content, folder } = await readJson(file);
  await withClient(async (client) => {
    const started =
      kind === 'individual'
        ? await client.startIndividual(content as IndividualInput, { folder, idsWithin })
        : await client.startOrganization(content as OrganizationInput, { folder, idsWithin });
    print(json, started, startedText);
  });
}

function startedText({ workflowId, alreadyRunning, closed, ids }: Started): string {
  const what = closed ? 'has ended already' : alreadyRunning ? 'is running already' : 'started';
  const next = closed ? `status ${workflowId}` : `wait ${workflowId} --for review`;
  return [`${workflowId} ${what}`, ...idLines(ids), `next: npm run starter -- ${next}`].join('\n');
}

function idLines(ids: Started['ids']): string[] {
  if (ids === undefined) return [];
  if (ids === null) return ["FinHub's ids: not available yet"];
  return [`FinHub's ids: customer ${ids.customerId}${ids.userId === undefined ? '' : `, user ${ids.userId}`}`];
}

async function withClient(use: (client: OnboardingClient) => Promise<void>): Promise<void> {
  const config = loadEnvironment('starter');
  for (const note of config.notes) say(note);
  const { signersFile: file } = config;
  const client = await connectOnboarding({
    ...config,
    signing: await signingOf(config),
    // Only read by commands that need it.
    signers: file && { current: async () => (await signersFile(file.path, file)).current() },
    onNote: say,
  });
  try {
    await ensureSearchAttributes(client.temporal.connection, config.temporal.namespace);
    await use(client);
  } finally {
    await client.close();
  }
}
