/**
 * The metrics of workflows, by their Prometheus names. Labels are words of the contract, never ids; the SDK adds `namespace`, `taskQueue` and
 * `workflowType`. All labels: docs/guides/monitoring.md.
 */
export const CASE_METRICS = {
  /** Decisions that took effect: `verdict`, `level` of the review, `by` (`operator`, or `portal` for an adopted decision of FinHub). */
  decisions: 'onboarding_decisions_total',
  /** Messages by `message` and `answer`, which may be a refusal. */
  messages: 'onboarding_messages_total',
  /** Calls that needed a person: `operation`, `failure`. */
  attentions: 'onboarding_attentions_total',
  /** Objects found at FinHub and adopted with proof: `operation`. */
  adoptions: 'onboarding_adoptions_total',
  /** Waits that grew long: `deadline`, `waiting_for`. */
  deadlinesPassed: 'onboarding_deadlines_passed_total',
  /** Ends of cases: `result`. */
  outcomes: 'onboarding_outcomes_total',
  /** FinHub's webhooks by `outcome`: their cases were hinted, they were repeats, their case was not found, or they could not be read. */
  webhooks: 'onboarding_webhooks_total',
  /** Histogram of whole phases in seconds: `phase`, `ended`. */
  phaseSeconds: 'onboarding_phase_seconds',
} as const;
