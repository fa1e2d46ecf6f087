/**
 * What workflows count, by Prometheus's names. Labels are words of the contract, never ids: `namespace`, `taskQueue` and `workflowType` come
 * from the SDK. The table with all labels: docs/guides/monitoring.md.
 */
export const CASE_METRICS = {
  /** Decisions that took effect: `verdict`, `level` that the review asked for, `by` (`operator`, or `portal` where FinHub's was adopted). */
  decisions: 'onboarding_decisions_total',
  /** Messages by `message` and `answer`: what became of it, or why it was refused. */
  messages: 'onboarding_messages_total',
  /** Calls put before a person: `operation`, `failure`. */
  attentions: 'onboarding_attentions_total',
  /** Objects found at FinHub and taken over on proof: `operation`. */
  adoptions: 'onboarding_adoptions_total',
  /** Waits that grew long: `deadline`, `waiting_for`. */
  deadlinesPassed: 'onboarding_deadlines_passed_total',
  /** Ends of cases: `result`. */
  outcomes: 'onboarding_outcomes_total',
  /** FinHub's webhooks by `outcome`: their cases were told, they came before, their case was not found, or they cannot be read. */
  webhooks: 'onboarding_webhooks_total',
  /** Histogram of whole phases in seconds: `phase`, `ended`. */
  phaseSeconds: 'onboarding_phase_seconds',
} as const;
