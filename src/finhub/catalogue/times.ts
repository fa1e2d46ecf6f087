import { at, textAt } from './fields.js';

/*
 * FinHub's times are ISO 8601 with or without a zone and with up to nanoseconds, epoch milliseconds (facts §1.5), or as people write them.
 * Ours are ISO 8601 in UTC; workflows see no other form.
 */

/** A time outside this range is a mistake: nothing at FinHub is older, and no timer runs that far ahead. */
const EARLIEST = Date.UTC(2000, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);

/** The largest number read as seconds; read as milliseconds it would be a day in 1973. */
const MOST_SECONDS = 1e11;

const ZONE = String.raw`(?<zone>[zZ]|[+-]\d{2}(?::?\d{2})?)?`;
const CLOCK = String.raw`(?<hour>\d{2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:[.,](?<fraction>\d{1,9}))?)?`;
const ISO = new RegExp(String.raw`^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})(?:[T ]${CLOCK}\s?${ZONE})?$`, 'i');
/** With points, the day comes first. With slashes it may be the month: we cannot know. */
const POINTS = new RegExp(
  String.raw`^(?<day>\d{1,2})\.(?<month>\d{1,2})\.(?<year>\d{4})(?:,?\s${CLOCK}\s?${ZONE})?$`,
  'i',
);
/** The forms of HTTP and JavaScript. */
const IN_WORDS = /^(?:[A-Z][a-z]{2},? )?\d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} (?:GMT|UTC|[+-]\d{4})$/;

/**
 * Converts a time in any of FinHub's forms to ISO 8601 in UTC. A time without a zone counts as UTC. Undefined if it is not a time, or not a
 * plausible one.
 * @param dayEnds whether a date alone means the end of that day, as for a validity
 */
export function readTime(value: unknown, { dayEnds = false } = {}): string | undefined {
  const text = textAt(value)?.trim();
  if (text === undefined) return undefined;
  const ms = millisecondsOf(text, dayEnds);
  return ms !== undefined && ms >= EARLIEST && ms < LATEST ? new Date(ms).toISOString() : undefined;
}

/** The first time among several places, read by {@link readTime}. */
export function firstTime(
  data: unknown,
  paths: readonly string[],
  options: { dayEnds?: boolean } = {},
): string | undefined {
  for (const path of paths) {
    const time = readTime(at(data, path), options);
    if (time !== undefined) return time;
  }
  return undefined;
}

function millisecondsOf(text: string, dayEnds: boolean): number | undefined {
  if (/^\d{1,17}(\.\d+)?$/.test(text)) {
    const number = Number(text);
    return Math.floor(number < MOST_SECONDS ? number * 1000 : number);
  }
  const { groups } = ISO.exec(text) ?? POINTS.exec(text) ?? {};
  if (groups) return ofParts(groups, dayEnds);
  const ms = IN_WORDS.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(ms) ? undefined : ms;
}

const DAY_MS = 24 * 3600_000;

/** Rejects dates and hours that do not exist, for example 31.02.; `Date` would turn them into others. */
function ofParts(parts: Record<string, string | undefined>, dayEnds: boolean): number | undefined {
  const number = (name: string): number => Number(parts[name] ?? 0);
  const [year, month, day] = [number('year'), number('month'), number('day')];
  const midnight = Date.UTC(year, month - 1, day);
  if (new Date(midnight).getUTCMonth() !== month - 1) return undefined;
  if (parts['hour'] === undefined) return dayEnds ? midnight + DAY_MS - 1 : midnight;
  const [hour, minute, second] = [number('hour'), number('minute'), number('second')];
  const isMidnight = hour === 24 && minute === 0 && second === 0;
  if ((hour > 23 && !isMidnight) || minute > 59 || second > 60) return undefined;
  const offset = offsetOf(parts['zone']);
  if (offset === undefined) return undefined;
  const ms = Math.floor(Number(`0.${parts['fraction'] ?? 0}`) * 1000);
  return midnight + ((hour * 60 + minute) * 60 + second) * 1000 + ms - offset;
}

/** A zone's offset from UTC in milliseconds. */
function offsetOf(zone: string | undefined): number | undefined {
  if (zone === undefined || /z/i.test(zone)) return 0;
  const [, sign, hours, minutes = '0'] = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone)!;
  const ahead = Number(hours) * 60 + Number(minutes);
  return Number(hours) > 14 || Number(minutes) > 59 ? undefined : (sign === '-' ? -1 : 1) * ahead * 60_000;
}
