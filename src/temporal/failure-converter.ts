import { DefaultFailureConverter } from '@temporalio/common';

/** Encrypts failure messages and stacks like any payload. Client, worker and workflow bundle load it by its path. */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
