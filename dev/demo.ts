import { once } from 'node:events';
import { Command } from 'commander';
import { colours } from '../src/cli/colours.js';
import type { LifecycleStatus, Started } from '../src/client/index.js';
import { asSomebodyElse, exampleIndividual, exampleOrganization } from './demo/examples.js';
import { OverHttp } from './demo/over-http.js';
import { byHand, progressLine, report } from './demo/report.js';
import { mailedActivationCode } from './embedded/outbox.js';
import { startStack, type Stack } from './embedded/stack.js';

const { json, stay } = new Command('demo')
  .description(
    'takes a person and an organization through all their phases, with a Temporal server, a FinHub sandbox, a worker and an HTTP gateway of its own',
  )
  .option('--json', 'end with one JSON document on standard output')
  .option('--stay', 'keep everything up until Ctrl-C, and say how to drive it by hand')
  .parse()
  .opts<{ json?: true; stay?: true }>();

const progress = (line: string): void => void process.stderr.write(`${line}\n`);

/** With --json, standard output belongs to the document. */
const print = json ? progress : (line: string): void => void process.stdout.write(`${line}\n`);

/** Starts one of the examples over HTTP and follows it to its end, with an operator and a customer who act when it waits for them. */
async function onboard(
  { gatewayUrl, sandboxUrl }: Stack,
  kind: 'individual' | 'organization',
): Promise<{ started: Started; status: LifecycleStatus }> {
  const http = new OverHttp(gatewayUrl!);
  // Both start at once, and a transfer's reference is made of it.
  const applicationId = `demo-${kind}-${Date.now().toString(36)}`;
  const application = asSomebodyElse(
    await (kind === 'individual' ? exampleIndividual(applicationId) : exampleOrganization(applicationId)),
  );
  const { email } = 'person' in application ? application.person : application.organization;
  const say = (what: string): void => progress(`${colours.bold(kind.padEnd(12))} ${what}`);
  const started = await http.start(kind, application);
  const status = await http.carry(
    `/v1/cases/${kind}/${applicationId}`,
    {
      operator: async (path) => {
        say('operator op-1 approves');
        await http.approve(path, 'op-1');
      },
      customer: async (path) => {
        say('the customer reads the activation code in the mail and types it in');
        await http.submitActivationCode(path, await mailedActivationCode(sandboxUrl, email));
      },
    },
    (seen) => progress(progressLine(kind, seen)),
  );
  return { started, status };
}

async function run(): Promise<boolean> {
  progress('starting a Temporal server, the FinHub sandbox, a worker and the HTTP gateway');
  const stack = await startStack({ ui: true, gateway: {}, onProgress: progress });
  try {
    const stopped = Promise.race(['SIGINT', 'SIGTERM'].map((signal) => once(process, signal)));
    progress(`the HTTP API: ${stack.gatewayUrl}/docs`);
    progress(`sign in as an operator: ${stack.gatewayUrl}/sign-in`);
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
        `${JSON.stringify({ individual, organization, temporalUi: stack.temporal.uiUrl, api: stack.gatewayUrl }, undefined, 2)}\n`,
      );
    if (stay) {
      progress(byHand(stack.environment, ended[0].started.workflowId, stack.gatewayUrl));
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
