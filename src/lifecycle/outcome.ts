/** `active` ends an onboarding, `completed` and `failed` end a transfer or a call by hand as FinHub says. */
export interface Outcome {
  readonly result: 'active' | 'completed' | 'failed' | 'rejected' | 'expired' | 'cancelled' | 'aborted';
  readonly at: string;
  /** For the customer; the internal one stays in the audit. */
  readonly reason?: string | undefined;
  /** Of a transfer: the last order that FinHub prepared for it. */
  readonly orderId?: string | undefined;
}

const RESULTS = ['active', 'completed', 'failed', 'rejected', 'expired', 'cancelled', 'aborted'];

/** Whether what a workflow came to is an outcome. Whoever takes a workflow's tasks can end it with anything that they can write or copy. */
export function isOutcome(value: unknown): value is Outcome {
  if (typeof value !== 'object' || value === null) return false;
  const { result, at } = value as Partial<Outcome>;
  return RESULTS.includes(result as string) && typeof at === 'string';
}
