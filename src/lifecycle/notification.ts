/** A notification to the outside: ids and states, no personal data. `data.sequence` numbers it within the case. */
export interface Notification {
  readonly type: string;
  /** ISO 8601. */
  readonly at: string;
  readonly data: { workflowId: string; sequence: number } & Record<string, string | number | null>;
}

/** The result of a notification. */
export interface Delivery {
  readonly sequence: number;
  readonly type: string;
  /** When it was made, ISO 8601. */
  readonly at: string;
  readonly state: 'delivered' | 'givenUp';
  /** When that was, ISO 8601. */
  readonly since: string;
}
