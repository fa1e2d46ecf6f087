import * as z from 'zod/mini';
import { headerFault, textFault } from './text.js';

/*
 * Building blocks for the schemas of messages. They run inside workflows, so they come from `zod/mini`, of which the bundle contains only
 * what is used. Their messages say in plain words what is expected.
 */

// Workflow code must not be generated at run time.
z.config({ jitless: true });

/** The privacy of a field: `personal` data, `secret` credentials, or `plain`. */
export type Mark = 'personal' | 'secret' | 'plain';

/** Marks a field, or an object with all its fields. The marks drive the redaction of logs and the published JSON Schemas. */
export function marked<S extends z.core.$ZodType>(privacy: Mark, schema: S): S {
  const own = z.core.clone<S>(schema);
  z.globalRegistry.add(own, { privacy });
  return own;
}

/** One line of text. */
export function text(max: number) {
  return textWith(max, textFault);
}

/** A free text; may have several lines. */
export function prose(max = 4000) {
  return textWith(max, (value) => textFault(value, { lines: true }));
}

/** A text that is sent to FinHub as a header. */
export function headerText(max: number) {
  return textWith(max, (value) => textFault(value) ?? headerFault(value));
}

function textWith(max: number, fault: (value: string) => string | undefined) {
  const error = `a text of 1 to ${max} characters is expected`;
  return z.string({ error }).check(
    z.minLength(1, { error, abort: true }),
    z.maxLength(max, { error, abort: true }),
    z.check((payload) => {
      const message = fault(payload.value);
      if (message !== undefined) payload.issues.push({ code: 'custom', message, input: payload.value });
    }),
  );
}

/** A field that may be missing; `null` counts as missing. */
export function optional<S extends z.core.$ZodType>(schema: S) {
  return z.optional(
    z.pipe(
      z.nullable(schema),
      z.transform((value) => value ?? undefined),
    ),
  );
}

export function wholeNumber(min: number, max = Number.MAX_SAFE_INTEGER) {
  const error =
    max === Number.MAX_SAFE_INTEGER
      ? `a whole number from ${min} is expected`
      : `a whole number from ${min} to ${max} is expected`;
  return z.int({ error }).check(z.gte(min, { error }), z.lte(max, { error }));
}

export function oneOf<const Words extends readonly string[]>(words: Words) {
  return z.enum(words, { error: `one of ${words.join(', ')} is expected` });
}

/** ISO 8601. */
export function time() {
  return text(40).check(
    z.refine((value) => !Number.isNaN(Date.parse(value)), { error: 'an ISO 8601 time is expected' }),
  );
}

export function list<S extends z.core.$ZodType>(of: S, [min, max]: [min: number, max: number] = [1, 50]) {
  const error = `a list of ${min} to ${max} is expected`;
  return z.array(of, { error }).check(z.minLength(min, { error }), z.maxLength(max, { error }));
}

/** An object; drops other fields. */
export function fields<Shape extends z.core.$ZodShape>(shape: Shape) {
  return z.object(shape, { error: OBJECT_EXPECTED });
}

export const OBJECT_EXPECTED = 'an object is expected';

/** A value does not fit: `path: what is expected`. */
export class Malformed extends Error {}

/**
 * Parses a value that anybody may have sent.
 * @throws Malformed, with the first fault's path and the expected value
 */
export function parse<S extends z.core.$ZodType>(schema: S, value: unknown): z.output<S> {
  const { data, error } = z.safeParse(schema, value);
  if (!error) return data;
  const { path, message } = error.issues[0]!;
  const where = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  throw new Malformed(`$${where}: ${message}`);
}
