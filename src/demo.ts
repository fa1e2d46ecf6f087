import { once } from 'node:events';
import { Command } from 'commander';
import { colours } from './cli/colours.js';
import type { CurrentStatus, LifecycleStatus, Started } from './client/index.js';
import { approveAs, carry } from './demo/carry.js';
import { asSomebodyElse, EXAMPLES, exampleIndividual, exampleOrganization } from './demo/examples.js';
import { byHand, progressLine, report } from './demo/report.js';
import { mailedActivationCode } from './embedded/outbox.js';
import { startStack, type Stack } from './embedded/stack.js';

const { json, stay } = new Command('demo')
  .description(
    'takes a person and an organization through all their phases, with a Temporal server, a FinHub sandbox and a worker of its own',
  )
  .option('--json', 'end with one JSON document on standard output')
  .option('--stay', 'keep everything up until Ctrl-C, and say how to drive it by hand')
  .parse()
  .opts<{ json?: true; stay?: true }>();

const progress = (line: string): void => void process.stderr.write(`${line}\n`);

/** With --json, standard output belongs to the document. */
const print = json ? progress : (line: string): void => void process.stdout.write(`${line}\n`);

/** Starts one of the examples and follows it to its end, with an operator and a customer who act when it waits for them. */
async function onboard(
  stack: Stack,
  kind: 'individual' | 'organization',
): Promise<{ started: Started; status: LifecycleStatus }> {
  const { client, sandboxUrl } = stack;
  // Both start at once, and a transfer's reference is made of it.
  const applicationId = `demo-${kind}-${Date.now().toString(36)}`;
  const people = (email: string) => ({
    operator: async (id: string) => {
      progress(`${colours.bold(kind.padEnd(12))} operator op-1 approves`);
      await approveAs(client, id, 'op-1');
    },
    customer: async (id: string) => {
      progress(`${colours.bold(kind.padEnd(12))} the customer reads the activation code in the mail and types it in`);
      await client.submitActivationCode(id, await mailedActivationCode(sandboxUrl, email));
    },
  });
  const show = (status: CurrentStatus): void => progress(progressLine(kind, status));
  if (kind === 'individual') {
    const application = asSomebodyElse(await exampleIndividual(applicationId));
    const started = await client.startIndividual(application, { folder: EXAMPLES });
    return { started, status: await carry(client, started.workflowId, people(application.person.email), show) };
  }
  const application = asSomebodyElse(await exampleOrganization(applicationId));
  const started = await client.startOrganization(application, { folder: EXAMPLES });
  return { started, status: await carry(client, started.workflowId, people(application.organization.email), show) };
}

async function run(): Promise<boolean> {
  progress('starting a Temporal server, the FinHub sandbox and a worker');
  const stack = await startStack({ ui: true, onProgress: progress });
  try {
    const stopped = Promise.race(['SIGINT', 'SIGTERM'].map((signal) => once(process, signal)));
    if (stack.temporal.uiUrl) progress(`Temporal's UI: ${stack.temporal.uiUrl}`);
    const both = Promise.all([onboard(stack, 'individual'), onboard(stack, 'organization')]);
    const ended = await Promise.race([both, stopped.then(() => undefined)]);
    if (!ended) return false;
    for (const { started, status } of ended) print(`\n${report(started.workflowId, status)}`);
    if (stack.temporal.uiUrl)
      progress(`\nTemporal's UI: ${stack.temporal.uiUrl}${stay ? '' : ' (until the demo ended; --stay keeps it up)'}`);
    const [individual, organization] = ended.map(({ started, status }) => ({
      workflowId: started.workflowId,
      ...status,
    }));
    if (json)
      process.stdout.write(
        `${JSON.stringify({ individual, organization, temporalUi: stack.temporal.uiUrl }, undefined, 2)}\n`,
      );
    if (stay) {
      progress(byHand(stack.environment, ended[0].started.workflowId));
      await stopped;
    }
    return ended.every(({ status }) => status.status === 'completed');
  } finally {
    await stack.stop();
  }
}

try {
  process.exitCode = (await run()) ? 0 : 1;
} catch (error) {
  progress(colours.red(error instanceof Error ? (error.stack ?? error.message) : String(error)));
  process.exitCode = 1;
}
