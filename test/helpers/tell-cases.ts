import { Client, type ClientOptions, type WorkflowClientInterceptor } from '@temporalio/client';
import type { OnboardingClient } from '../../src/client/index.js';

/** As many as a test has to do with at a time. */
const TOLD = 6;

const asked = new WeakMap<Client, Set<string>>();

/** A client that remembers which workflows it had to do with, the last one last. */
export function remembering(options: ClientOptions): Client {
  const ids = new Set<string>();
  const note = (id: string): void => {
    ids.delete(id);
    ids.add(id);
  };
  const interceptor: WorkflowClientInterceptor = {
    start: (input, next) => (note(input.options.workflowId), next(input)),
    startWithDetails: (input, next) => (note(input.options.workflowId), next(input)),
    signal: (input, next) => (note(input.workflowExecution.workflowId), next(input)),
    query: (input, next) => (note(input.workflowExecution.workflowId), next(input)),
    describe: (input, next) => (note(input.workflowExecution.workflowId), next(input)),
  };
  const client = new Client({
    ...options,
    interceptors: { workflow: [interceptor, ...workflowInterceptors(options)] },
  });
  asked.set(client, ids);
  return client;
}

/** How the open cases stand that a client had to do with last: status, what is waited for, and what needs attention. */
export async function tellCases(temporal: Client, cases: OnboardingClient): Promise<string[]> {
  const ids = [...(asked.get(temporal) ?? [])].slice(-TOLD);
  const told = await Promise.all(
    ids.map((id) => tellCase(cases, id).catch((error: unknown) => `${id}: ${String(error)}`)),
  );
  return told.filter((line) => line !== undefined);
}

async function tellCase(cases: OnboardingClient, id: string): Promise<string | undefined> {
  const known = await cases.status(id);
  if (known.stale) return `${id}: ${known.status}`;
  const { status, phase, waitingOn, outcome } = known;
  if (outcome) return undefined;
  const { attention } = await cases.caseView(id);
  return `${id}: ${status} in ${phase ?? 'no phase'}, ${JSON.stringify({ waitingOn, attention })}`;
}

function workflowInterceptors({ interceptors }: ClientOptions): WorkflowClientInterceptor[] {
  const { workflow } = interceptors ?? {};
  return Array.isArray(workflow) ? workflow : [];
}
