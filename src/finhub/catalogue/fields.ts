import { z } from 'zod';
import { plain } from '../../contract/marks.js';
import { writtenNumber } from '../json.js';

/** Parts of a path that lead out of it; in an id they are nobody's. */
const LEADS_AWAY = /^\.{1,2}$/;

/**
 * FinHub's ids are opaque: UUIDs, prefixed strings and short codes all occur (facts §1.5). What steers a path or a terminal, or cannot be sent,
 * is no id.
 */
const isId = (text: string): boolean =>
  text !== '' && text.length <= 200 && text.trim() === text && !LEADS_AWAY.test(text) && !/\p{C}/u.test(text);

/** An id in a request. */
export const Id = plain(
  z.string().min(1).max(200).refine(isId, { error: 'it is no id: ".", ".." and control characters are not' }),
);

/** An answer's payload with whatever fields FinHub sends. */
export const Payload = z.looseObject({});
export type Payload = z.infer<typeof Payload>;

/** The value at a path like `user.id`, if it is there. */
export function at(data: unknown, path: string): unknown {
  return path.includes('.') ? path.split('.').reduce(field, data) : field(data, path);
}

function field(value: unknown, name: string): unknown {
  const isThere = typeof value === 'object' && value !== null && Object.hasOwn(value, name);
  return isThere ? (value as Payload)[name] : undefined;
}

/** A non-empty text, or a number as it is written. */
export function textAt(value: unknown): string | undefined {
  return typeof value === 'string' ? (value.trim() === '' ? undefined : value) : writtenNumber(value);
}

/** The first non-empty text (or number, as text) among several places where FinHub's documents put a value. */
export function firstText(data: unknown, ...paths: string[]): string | undefined {
  for (const path of paths) {
    const text = textAt(at(data, path));
    if (text !== undefined) return text;
  }
  return undefined;
}

/** As {@link firstText}, for an id: what cannot be one is passed over. */
export function firstId(data: unknown, ...paths: string[]): string | undefined {
  for (const path of paths) {
    const text = textAt(at(data, path));
    if (text !== undefined && isId(text)) return text;
  }
  return undefined;
}

/** As {@link firstId}, for an id the answer cannot do without. */
export function requiredId(data: unknown, context: z.core.$RefinementCtx, ...paths: string[]): string {
  const id = firstId(data, ...paths);
  if (id === undefined) {
    const what = firstText(data, ...paths) === undefined ? 'is in the answer' : 'in the answer can be an id';
    context.addIssue({ code: 'custom', message: `none of ${paths.join(', ')} ${what}` });
  }
  return id ?? '';
}

/** As {@link firstText}, for how many there are of something; undefined where the answer has no count. */
export function firstCount(data: unknown, ...paths: string[]): number | undefined {
  const text = firstText(data, ...paths);
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** As {@link firstText}, for a value the answer cannot do without. */
export function requiredText(data: unknown, context: z.core.$RefinementCtx, ...paths: string[]): string {
  const value = firstText(data, ...paths);
  if (value === undefined)
    context.addIssue({ code: 'custom', message: `none of ${paths.join(', ')} is in the answer` });
  return value ?? '';
}

/** The list in a payload, bare or under one of several names; empty where there is none. */
export function listIn(data: unknown, ...paths: string[]): unknown[] {
  return [data, ...paths.map((path) => at(data, path))].find(Array.isArray) ?? [];
}

/** Texts, and numbers and flags as texts, of a list or of a single one. */
export function textsIn(value: unknown): string[] {
  const items = Array.isArray(value) ? (value as unknown[]) : [value];
  return items.flatMap((item) => textAt(item) ?? (typeof item === 'boolean' ? [String(item)] : []));
}

/** As {@link listIn}, for a list that shows what was made: an answer without it must not pass for "nothing there". */
export function requiredList(data: unknown, context: z.core.$RefinementCtx, ...paths: string[]): unknown[] {
  const list = [data, ...paths.map((path) => at(data, path))].find(Array.isArray);
  if (list === undefined) context.addIssue({ code: 'custom', message: 'there is no list in the answer' });
  return list ?? [];
}

/** Reads one needed id out of an answer. */
export function answerWith<const Name extends string>(name: Name, ...paths: string[]) {
  return z
    .unknown()
    .transform((data, context) => ({ [name]: requiredId(data, context, ...paths) }) as Record<Name, string>);
}

/** An answer of which nothing is kept. */
export const Nothing = z.unknown().transform(() => ({}));

export const sameText = (a: string | undefined, b: string | undefined): boolean =>
  a !== undefined && b !== undefined && a.trim().toLowerCase() === b.trim().toLowerCase();

/** Whether FinHub made an object after the case first asked for it; clocks may differ by a few minutes. Unknown times prove nothing. */
export function madeAfter(createdAt: string | undefined, requestedAt: string): boolean {
  return createdAt !== undefined && Date.parse(createdAt) >= Date.parse(requestedAt) - 5 * 60_000;
}
