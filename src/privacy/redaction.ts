import type { Mark } from '../contract/schema.js';

/** Deeper values are cut off; nothing logged on purpose is nested more. */
const MAX_DEPTH = 8;

/**
 * Returns a function that removes personal and secret values from a log entry, at any depth, by field name. Of an error, only name, message,
 * stack and cause remain, because its other fields may be personal.
 * @param marks by field name
 */
export function redactorOf(marks: ReadonlyMap<string, Exclude<Mark, 'plain'>>): <T>(value: T) => T {
  const redact = (value: unknown, depth: number): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (depth > MAX_DEPTH) return '[…]';
    if (value instanceof Error) return redactedError(value, depth);
    if (value instanceof Uint8Array) return `[${value.length} bytes]`;
    if (value instanceof Date) return value;
    if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
    return Object.fromEntries(
      Object.entries(value).map(([name, part]: [string, unknown]) => {
        const mark = marks.get(name);
        return [name, mark === undefined || part === undefined ? redact(part, depth + 1) : `[${mark}]`];
      }),
    );
  };
  const redactedError = ({ name, message, stack, cause }: Error, depth: number): unknown => ({
    name,
    message,
    stack,
    ...(cause === undefined ? {} : { cause: redact(cause, depth + 1) }),
  });
  return (value) => redact(value, 0) as typeof value;
}
