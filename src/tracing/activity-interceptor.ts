import type { Context } from '@temporalio/activity';
import type { ActivityInterceptors } from '@temporalio/worker';
import { traceIn } from './header.js';
import { inSpan, SpanKind } from './spans.js';

/** A span for each try of an activity, in the trace of its case. */
export function activityTracing({ info }: Context): ActivityInterceptors {
  return {
    inbound: {
      execute: (input, next) =>
        inSpan(
          `RunActivity:${info.activityType}`,
          {
            kind: SpanKind.CONSUMER,
            parent: traceIn(input.headers),
            attributes: { 'temporal.workflow_id': info.workflowExecution?.workflowId ?? '', attempt: info.attempt },
          },
          () => next(input),
        ),
    },
  };
}
