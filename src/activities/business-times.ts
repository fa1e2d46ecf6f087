import { DateTime } from 'luxon';
import type { DeadlineKind, DeadlineTimes } from '../lifecycle/deadlines.js';
import type { BusinessDays } from '../lifecycle/policy.js';
import type { Calendar } from '../policies/policy-file.js';

/**
 * The time a number of business days after `from`, at the same local time of day. If `from` is not on a business day, counting starts at the
 * beginning of the next one.
 */
export function businessTimes(calendar: Calendar, from: string, days: BusinessDays): DeadlineTimes {
  const start = beginning(calendar, DateTime.fromISO(from, { zone: calendar.timeZone }));
  const kinds = Object.keys(days) as DeadlineKind[];
  return Object.fromEntries(kinds.map((kind) => [kind, addBusinessDays(calendar, start, days[kind]!)]));
}

function beginning(calendar: Calendar, from: DateTime): DateTime {
  let day = from;
  while (!isBusinessDay(calendar, day)) day = day.plus({ days: 1 }).startOf('day');
  return day;
}

function addBusinessDays(calendar: Calendar, start: DateTime, days: number): string {
  let day = start;
  let passed = 0;
  for (let left = days; left > 0;) {
    // Counted from the start: a time of day that is missing on one day, as when clocks change, exists again on the next.
    day = start.plus({ days: (passed += 1) });
    if (isBusinessDay(calendar, day)) left -= 1;
  }
  return day.toUTC().toISO()!;
}

function isBusinessDay({ weekend, holidays }: Calendar, day: DateTime): boolean {
  return !weekend.includes(day.weekday) && !holidays.includes(day.toISODate()!);
}
