import { DateTime } from 'luxon';

/** The time zone of the tenant whose calendar the tests use. */
export const ZONE = 'Europe/Vilnius';

/** Moments at which clocks and calendars do something that they do not do at other times: for each, its next time after a date. */
const MOMENTS = {
  '00:30': (from) => daily(from, 0, 30),
  '06:00': (from) => daily(from, 6, 0),
  '11:59': (from) => daily(from, 11, 59),
  '18:00': (from) => daily(from, 18, 0),
  '23:59': (from) => daily(from, 23, 59),
  // At its last minute, so that a test crosses over to another month.
  'month-end': (from) =>
    first(
      [0, 1].map((more) => from.plus({ months: more }).endOf('month').set({ second: 0, millisecond: 0 })),
      from,
    ),
  'leap-day': (from) =>
    first(
      years(from).flatMap((year) => leapDay(year)),
      from,
    ),
  // A minute before the change.
  'clocks-forward': (from) =>
    first(
      years(from).map((year) => lastSunday(year, 3)),
      from,
    ),
  'clocks-back': (from) =>
    first(
      years(from).map((year) => lastSunday(year, 10)),
      from,
    ),
} satisfies Record<string, (from: DateTime) => DateTime>;

export type MomentName = keyof typeof MOMENTS;

export const MOMENT_NAMES = Object.keys(MOMENTS) as MomentName[];

/** The next time of a moment, at least an hour after `from`. */
export function nextMoment(name: MomentName, from: Date): Date {
  return MOMENTS[name](DateTime.fromJSDate(from, { zone: 'utc' }).plus({ hours: 1 })).toJSDate();
}

/**
 * Reads the name of a moment, or an ISO 8601 time.
 * @throws Error saying what can be given
 */
export function readMoment(text: string, from: Date): Date {
  if ((MOMENT_NAMES as string[]).includes(text)) return nextMoment(text as MomentName, from);
  const read = DateTime.fromISO(text, { zone: 'utc' });
  if (!read.isValid)
    throw new Error(`"${text}" is no moment: give an ISO 8601 time or one of ${MOMENT_NAMES.join(', ')}`);
  return read.toJSDate();
}

function daily(from: DateTime, hour: number, minute: number): DateTime {
  const today = from.startOf('day').set({ hour, minute });
  return today > from ? today : today.plus({ days: 1 });
}

function first(moments: DateTime[], from: DateTime): DateTime {
  return moments.find((moment) => moment > from)!;
}

const years = ({ year }: DateTime): number[] => Array.from({ length: 9 }, (_, more) => year + more);

function leapDay(year: number): DateTime[] {
  const day = DateTime.utc(year, 2, 29, 12);
  return day.isValid ? [day] : [];
}

/** 00:59 UTC on the last Sunday of a month; the zone changes its clocks at 01:00. */
function lastSunday(year: number, month: number): DateTime {
  const last = DateTime.utc(year, month).endOf('month').startOf('day');
  return last.minus({ days: last.weekday % 7 }).set({ minute: 59 });
}
