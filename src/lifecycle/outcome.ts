/** `active` ends an onboarding; `completed` and `failed` end a transfer or a call by hand, as FinHub decides. */
export interface Outcome {
  readonly result: 'active' | 'completed' | 'failed' | 'rejected' | 'expired' | 'cancelled' | 'aborted';
  readonly at: string;
  /** For the customer; the internal reason stays in the audit. */
  readonly reason?: string | undefined;
  /** Of a transfer: the last order that FinHub prepared for it. */
  readonly orderId?: string | undefined;
}

const RESULTS = ['active', 'completed', 'failed', 'rejected', 'expired', 'cancelled', 'aborted'];

/** Whether a workflow's result is an outcome. Anybody who polls its tasks can end it with any value that they can write or copy. */
export function isOutcome(value: unknown): value is Outcome {
  if (typeof value !== 'object' || value === null) return false;
  const { result, at } = value as Partial<Outcome>;
  return RESULTS.includes(result as string) && typeof at === 'string';
}
