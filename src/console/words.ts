/** What the pages say, and how they say times and sizes. Everything in English is here or in the pages' own headings. */
export const VIEWS = {
  open: 'All open',
  mine: 'Mine',
  unassigned: 'Nobody’s',
  overdue: 'Overdue',
  attention: 'Needs attention',
} as const;
export type View = keyof typeof VIEWS;

const moment = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });
const bytes = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 1, notation: 'compact' });

/** A time in UTC, the zone of the audit. */
export function timeText(iso: string): string {
  return `${moment.format(new Date(iso))} UTC`;
}

export function sizeText(size: number): string {
  return `${bytes.format(size)} bytes`;
}

/** How far away a time is: "in 5 h", "3 d late". */
export function awayText(iso: string, now: Date): string {
  const minutes = Math.round((Date.parse(iso) - now.getTime()) / 60_000);
  const amount = Math.abs(minutes);
  const text =
    amount < 60
      ? `${amount} min`
      : amount < 48 * 60
        ? `${Math.floor(amount / 60)} h`
        : `${Math.floor(amount / 1440)} d`;
  return minutes < 0 ? `${text} late` : `in ${text}`;
}

/** As a heading begins. */
export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** Code words as people read them: "needsAttention", "POWER_TENANT". */
export function plain(word: string): string {
  if (/^[A-Z_]+$/.test(word)) return word.toLowerCase().replaceAll('_', ' ');
  return word.replaceAll(/([a-z])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`);
}
