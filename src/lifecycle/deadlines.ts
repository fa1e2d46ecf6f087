/** What happens during a long wait. None of them approves anything. */
export const DEADLINE_KINDS = ['reminder', 'due', 'escalation', 'expiry'] as const;
export type DeadlineKind = (typeof DEADLINE_KINDS)[number];

/** One time in a wait at which something happens, once. */
export interface Deadline {
  kind: DeadlineKind;
  /** ISO 8601. */
  at: string;
  fired: boolean;
}

/** The deadlines of one wait, as business times from its start. */
export type DeadlineTimes = Partial<Record<DeadlineKind, string>>;

export function deadlinesFrom(times: DeadlineTimes): Deadline[] {
  const kinds = Object.keys(times) as DeadlineKind[];
  return kinds.map((kind) => ({ kind, at: times[kind]!, fired: false })).sort(byTime);
}

/** The next one that has not fired. */
export function nextDeadline(deadlines: readonly Deadline[]): Deadline | undefined {
  return [...deadlines].sort(byTime).find(({ fired }) => !fired);
}

export function fire(deadlines: readonly Deadline[], kind: DeadlineKind): Deadline[] {
  return deadlines.map((deadline) => (deadline.kind === kind ? { ...deadline, fired: true } : deadline));
}

/** The time of a deadline of the wait. */
export function timeOf(deadlines: readonly Deadline[], kind: DeadlineKind): string | undefined {
  return deadlines.find((deadline) => deadline.kind === kind)?.at;
}

/**
 * Extends a wait: its due time moves to `until`, all deadlines that have not fired move by the same time, and a passed due time counts
 * again. For a wait without a due time, the expiry moves to `until`.
 */
export function extend(deadlines: readonly Deadline[], until: Date): Deadline[] {
  const due = timeOf(deadlines, 'due') ?? timeOf(deadlines, 'expiry');
  if (due === undefined) return [...deadlines];
  const shift = until.getTime() - Date.parse(due);
  return deadlines.map((deadline) =>
    deadline.fired && deadline.kind !== 'due'
      ? deadline
      : { ...deadline, at: new Date(Date.parse(deadline.at) + shift).toISOString(), fired: false },
  );
}

function byTime(a: Deadline, b: Deadline): number {
  return Date.parse(a.at) - Date.parse(b.at);
}
