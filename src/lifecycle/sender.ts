import type { Message } from './messages.js';

/** Who sent a message, as it claims; for the audit. */
export function senderOf({ body }: Message): string | undefined {
  if ('operator' in body) return body.operator.id;
  if ('submittedBy' in body) return body.submittedBy;
  if ('correctedBy' in body) return body.correctedBy;
  return 'by' in body ? body.by : undefined;
}
