import type { WorkflowInterceptors, WorkflowInterceptorsFactory } from '@temporalio/workflow';
import { TRACE_HEADER } from '../lifecycle/trace-header.js';

/**
 * Hands the trace that a case was started with on to its activities and to its next run. The SDK's own interceptors bring OpenTelemetry into
 * the workflow bundle, which every cached case carries, for spans of workflow tasks that nobody waits for.
 */
export const interceptors: WorkflowInterceptorsFactory = () => {
  let trace: object = {};
  const outbound: NonNullable<WorkflowInterceptors['outbound']>[number] = {
    scheduleActivity: (input, next) => next({ ...input, headers: { ...trace, ...input.headers } }),
    continueAsNew: (input, next) => next({ ...input, headers: { ...trace, ...input.headers } }),
  };
  return {
    inbound: [
      {
        execute(input, next) {
          const header = input.headers[TRACE_HEADER];
          if (header) trace = { [TRACE_HEADER]: header };
          return next(input);
        },
      },
    ],
    outbound: [outbound],
  };
};
