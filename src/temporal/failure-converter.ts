import { DefaultFailureConverter } from '@temporalio/common';

/** Failure messages and stacks are encrypted like any payload. Loaded by its path, by client, worker and workflow bundle. */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
