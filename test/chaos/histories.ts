import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import type { LoadedDataConverter } from '@temporalio/common';
import { eventually } from '../helpers/eventually.js';

export interface Heard {
  name: string;
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
  failedWorkflowTasks: number;
}

/** Seconds for what follows the outcome: the log-out may have been on a worker that was killed. */
const CLOSING_SECONDS = 60;

/** What the server itself holds of a workflow that has come to its outcome. */
export async function finalHistory(temporal: Client, workflowId: string): Promise<FinalHistory> {
  const handle = temporal.workflow.getHandle(workflowId);
  const isClosed = async () => (await handle.describe()).status.name !== 'RUNNING';
  await eventually(`${workflowId} is closed`, isClosed, CLOSING_SECONDS).catch(() => {});
  const { status } = await handle.describe();
  const { events } = await handle.fetchHistory();
  const heard = new Map<string, Heard>();
  for (const event of events ?? []) {
    const accepted = event.workflowExecutionUpdateAcceptedEventAttributes;
    if (accepted) {
      const { input, meta } = accepted.acceptedRequest!;
      const [body] = await read(temporal.options.loadedDataConverter, input?.args?.payloads);
      heard.set(meta!.updateId!, { name: input!.name!, body: body as Heard['body'], answer: undefined });
    }
    const completed = event.workflowExecutionUpdateCompletedEventAttributes;
    if (completed) {
      const [answer] = await read(temporal.options.loadedDataConverter, completed.outcome?.success?.payloads);
      heard.get(completed.meta!.updateId!)!.answer = answer as Heard['answer'];
    }
  }
  const { EVENT_TYPE_WORKFLOW_TASK_FAILED } = proto.temporal.api.enums.v1.EventType;
  return {
    status: status.name,
    heard: [...heard.values()],
    events: events?.length ?? 0,
    failedWorkflowTasks: (events ?? []).filter(({ eventType }) => eventType === EVENT_TYPE_WORKFLOW_TASK_FAILED).length,
  };
}

async function read(
  { payloadCodecs, payloadConverter }: LoadedDataConverter,
  payloads: proto.temporal.api.common.v1.IPayload[] | null | undefined,
): Promise<unknown[]> {
  let plain = payloads ?? [];
  for (const codec of payloadCodecs) plain = await codec.decode(plain);
  return plain.map((payload) => payloadConverter.fromPayload<unknown>(payload));
}
