import { printable } from '../contract/text.js';

/** A copy whose texts are safe for a terminal. Applied to data from outside before colours and columns are added. */
export function shown<T>(value: T): T {
  return safe(value) as T;
}

function safe(value: unknown): unknown {
  if (typeof value === 'string') return printable(value);
  if (Array.isArray(value)) return value.map(safe);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [printable(name), safe(part)]));
}

/** A message of several lines, each safe for a terminal. */
export function shownLines(message: string): string {
  return message.split('\n').map(printable).join('\n');
}

/** JSON that is safe for a terminal, too; programs read the same values from it. */
export function shownJson(value: unknown, indent?: number): string {
  const json = JSON.stringify(value, undefined, indent);
  // JSON itself escapes only the control characters below U+0020.
  return json.replaceAll(/[\u007f-\u009f\u2028\u2029\p{Cf}]/gu, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
