import type { DataConverter } from '@temporalio/common';

/** How payloads are written to Temporal. Client and worker have to agree on it, so both take it from here: JSON, the SDK's own way. */
export const dataConverter: DataConverter = {};
