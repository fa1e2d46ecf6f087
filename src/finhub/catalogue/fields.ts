import { z } from 'zod';
import { plain } from '../../contract/marks.js';
import { writtenNumber } from '../json.js';

/** Path segments that lead out of a path; never an id. */
const LEADS_AWAY = /^\.{1,2}$/;

/**
 * FinHub's ids are opaque: UUIDs, prefixed strings and short codes all occur (facts §1.5). A text that changes a path, controls a terminal,
 * or cannot be sent is not an id.
 */
const isId = (text: string): boolean =>
  text !== '' && text.length <= 200 && text.trim() === text && !LEADS_AWAY.test(text) && !/\p{C}/u.test(text);

/** An id in a request. */
export const Id = plain(
  z
    .string()
    .min(1)
    .max(200)
    .refine(isId, { error: 'it is not an id: ".", ".." and control characters are not allowed' }),
);

/** A response's payload, with any fields. */
export const Payload = z.looseObject({});
export type Payload = z.infer<typeof Payload>;

/** The value at a path like `user.id`, if it exists. */
export function at(data: unknown, path: string): unknown {
  return path.includes('.') ? path.split('.').reduce(field, data) : field(data, path);
}

function field(value: unknown, name: string): unknown {
  const isThere = typeof value === 'object' && value !== null && Object.hasOwn(value, name);
  return isThere ? (value as Payload)[name] : undefined;
}

/** A non-empty text, or a number as written. */
export function textAt(value: unknown): string | undefined {
  return typeof value === 'string' ? (value.trim() === '' ? undefined : value) : writtenNumber(value);
}

/** The first non-empty text (or number, as text) among the places where FinHub's documents put a value. */
export function firstText(data: unknown, ...paths: string[]): string | undefined {
  for (const path of paths) {
    const text = textAt(at(data, path));
    if (text !== undefined) return text;
  }
  return undefined;
}

/** Like {@link firstText}, for an id: skips texts that cannot be one. */
export function firstId(data: unknown, ...paths: string[]): string | undefined {
  for (const path of paths) {
    const text = textAt(at(data, path));
    if (text !== undefined && isId(text)) return text;
  }
  return undefined;
}

/** Like {@link firstId}, for an id that the response must have. */
export function requiredId(data: unknown, context: z.core.$RefinementCtx, ...paths: string[]): string {
  const id = firstId(data, ...paths);
  if (id === undefined) {
    const what = firstText(data, ...paths) === undefined ? 'is in the response' : 'in the response can be an id';
    context.addIssue({ code: 'custom', message: `none of ${paths.join(', ')} ${what}` });
  }
  return id ?? '';
}

/** Like {@link firstText}, for a count; undefined if the response has none. */
export function firstCount(data: unknown, ...paths: string[]): number | undefined {
  const text = firstText(data, ...paths);
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** Like {@link firstText}, for a value that the response must have. */
export function requiredText(data: unknown, context: z.core.$RefinementCtx, ...paths: string[]): string {
  const value = firstText(data, ...paths);
  if (value === undefined)
    context.addIssue({ code: 'custom', message: `none of ${paths.join(', ')} is in the response` });
  return value ?? '';
}

/** The list in a payload, bare or under one of several names; empty if there is none. */
export function listIn(data: unknown, ...paths: string[]): unknown[] {
  return [data, ...paths.map((path) => at(data, path))].find(Array.isArray) ?? [];
}

/** The texts, numbers and flags of a list or a single value, as texts. */
export function textsIn(value: unknown): string[] {
  const items = Array.isArray(value) ? (value as unknown[]) : [value];
  return items.flatMap((item) => textAt(item) ?? (typeof item === 'boolean' ? [String(item)] : []));
}

/** Like {@link listIn}, for a look-up: a response without a list must not pass for an empty one. */
export function requiredList(data: unknown, context: z.core.$RefinementCtx, ...paths: string[]): unknown[] {
  const list = [data, ...paths.map((path) => at(data, path))].find(Array.isArray);
  if (list === undefined) context.addIssue({ code: 'custom', message: 'there is no list in the response' });
  return list ?? [];
}

/** Reads one required id. */
export function responseWith<const Name extends string>(name: Name, ...paths: string[]) {
  return z
    .unknown()
    .transform((data, context) => ({ [name]: requiredId(data, context, ...paths) }) as Record<Name, string>);
}

/** A response of which we use nothing. */
export const Nothing = z.unknown().transform(() => ({}));

export const sameText = (a: string | undefined, b: string | undefined): boolean =>
  a !== undefined && b !== undefined && a.trim().toLowerCase() === b.trim().toLowerCase();

/** Whether FinHub made an object after the case first wanted it; clocks may differ by a few minutes. An unknown time proves nothing. */
export function madeAfter(createdAt: string | undefined, requestedAt: string): boolean {
  return createdAt !== undefined && Date.parse(createdAt) >= Date.parse(requestedAt) - 5 * 60_000;
}
