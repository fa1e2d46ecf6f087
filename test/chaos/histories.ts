import type { Client } from '@temporalio/client';
import { readPayloads } from '../../src/temporal/payloads.js';
import { eventually } from '../helpers/eventually.js';
import { failedTasks } from '../helpers/workflow-tasks.js';

export interface Heard {
  name: string;
  /** Empty where it takes nothing. */
  body: Record<string, unknown>;
  /** The workflow's answer, where it has given one. */
  answer: { accepted?: boolean } | undefined;
}

export interface FinalHistory {
  /** `COMPLETED`, `RUNNING`, … as the server has it. */
  status: string;
  /** Messages that are in the history, in order. */
  heard: Heard[];
  events: number;
  failedTasks: ReturnType<typeof failedTasks>;
}

/** Seconds for what follows the outcome: the log-out may have been on a worker that was killed. */
const CLOSING_SECONDS = 60;

/** What the server itself holds of a workflow; one that has come to its outcome is given time to close. */
export async function finalHistory(temporal: Client, workflowId: string, hasEnded: boolean): Promise<FinalHistory> {
  const handle = temporal.workflow.getHandle(workflowId);
  const isClosed = async () => (await handle.describe()).status.name !== 'RUNNING';
  if (hasEnded) await eventually(`${workflowId} is closed`, isClosed, CLOSING_SECONDS).catch(() => {});
  const { status } = await handle.describe();
  const { events } = await handle.fetchHistory();
  const context = { type: 'workflow', namespace: temporal.options.namespace, workflowId } as const;
  const heard = new Map<string, Heard>();
  for (const event of events ?? []) {
    const accepted = event.workflowExecutionUpdateAcceptedEventAttributes;
    if (accepted) {
      const { input, meta } = accepted.acceptedRequest!;
      const [placed] = await readPayloads<{ body: Heard['body'] } | undefined>(
        temporal.options.loadedDataConverter,
        input?.args?.payloads,
        context,
      );
      heard.set(meta!.updateId!, { name: input!.name!, body: placed?.body ?? {}, answer: undefined });
    }
    const completed = event.workflowExecutionUpdateCompletedEventAttributes;
    if (completed) {
      const { success } = completed.outcome ?? {};
      const [answer] = await readPayloads<Heard['answer']>(
        temporal.options.loadedDataConverter,
        success?.payloads,
        context,
      );
      heard.get(completed.meta!.updateId!)!.answer = answer;
    }
  }
  return {
    status: status.name,
    heard: [...heard.values()],
    events: events?.length ?? 0,
    failedTasks: failedTasks(events),
  };
}
