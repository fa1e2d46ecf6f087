import type { WorkflowClientInterceptor } from '@temporalio/client';
import { withTrace } from './header.js';
import { inSpan, SpanKind } from './spans.js';

const producing = (workflowId: string | undefined) => ({
  kind: SpanKind.PRODUCER,
  attributes: { 'temporal.workflow_id': workflowId ?? '' },
});

/** Starts a case's trace with its start, and adds a span for each message. Does nothing without an OpenTelemetry SDK in the process. */
export const clientTracing: WorkflowClientInterceptor = {
  startWithDetails: (input, next) =>
    inSpan(`StartWorkflow:${input.workflowType}`, producing(input.options.workflowId), () =>
      next({ ...input, headers: withTrace(input.headers) }),
    ),
  signal: (input, next) =>
    inSpan(`SignalWorkflow:${input.signalName}`, producing(input.workflowExecution.workflowId), () => next(input)),
  startUpdate: (input, next) =>
    inSpan(`UpdateWorkflow:${input.updateName}`, producing(input.workflowExecution.workflowId), () => next(input)),
};
