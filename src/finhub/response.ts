import type { FieldError } from '../lifecycle/failures.js';
import { FinHubError, type FinHubErrorKind } from './error.js';
import { writtenNumber } from './json.js';

type Fields = Record<string, unknown>;

function asFields(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/**
 * The payload of a response in any of FinHub's envelopes: `{code, message, data}`, `{success, data}`, `{data, pagination}`, or without one
 * (facts §1.3).
 */
export function unwrap(body: unknown): unknown {
  const fields = asFields(body);
  if (!fields || !Object.hasOwn(fields, 'data')) return body;
  const { data, pagination } = fields;
  // The pagination beside a bare list says how long the whole list is.
  return Array.isArray(data) && asFields(pagination) ? { items: data as unknown[], pagination } : data;
}

/** A response's true status: a 2xx may carry an error's `code` or `success: false` in its body (facts §1.2, §1.3). */
function effectiveStatus(httpStatus: number, body: unknown): number {
  if (httpStatus >= 400) return httpStatus;
  const fields = asFields(body);
  const code = fields?.['code'];
  if (typeof code === 'number' && code >= 400 && code < 600) return code;
  return fields?.['success'] === false ? 422 : httpStatus;
}

function kindOf(status: number): FinHubErrorKind | undefined {
  if (status < 300) return undefined;
  switch (status) {
    case 400:
    case 413:
    case 415:
    case 422:
      return 'invalidRequest';
    case 401:
      return 'unauthorized';
    case 403:
      return 'forbidden';
    case 404:
    case 410:
      return 'notFound';
    case 409:
      return 'conflict';
    case 408:
    case 425:
      return 'unavailable';
    case 429:
      return 'rateLimited';
    default:
      return status >= 500 ? 'unavailable' : 'unexpectedAnswer';
  }
}

/** Texts and numbers, from a list or a single value. */
function texts(value: unknown): string[] {
  const items = Array.isArray(value) ? (value as unknown[]) : [value];
  return items.flatMap((item) => (typeof item === 'string' ? [item] : (writtenNumber(item) ?? [])));
}

/** The values that FinHub would accept, as a list or as `{allowed: […]}`. */
function namedIn(value: unknown): string[] {
  const fields = asFields(value);
  if (!fields || writtenNumber(value) !== undefined) return texts(value);
  return ['allowed', 'allowedValues', 'expected', 'suggestions'].flatMap((name) => texts(fields[name]));
}

/** At most this many values are shown to a person. */
const MOST_VALUES = 30;
const LONGEST_VALUE = 100;

function withNamed(message: string, named: string[]): string {
  if (named.length === 0) return message;
  const shown = named.slice(0, MOST_VALUES).map((value) => printable(value, LONGEST_VALUE));
  return `${message}; FinHub names: ${shown.join(', ')}${named.length > MOST_VALUES ? ', …' : ''}`;
}

/**
 * Field errors in all of FinHub's forms: `data.errors[]`, v1's `details[]`, `data.field`, `missingKeys[]`, `invalidValues{}`
 * (facts §1.4, §9.2). Includes the values that FinHub would accept: a person who corrects the field needs them.
 */
function fieldErrorsOf(body: unknown): FieldError[] {
  const top = asFields(body) ?? {};
  const data = asFields(top['data']) ?? {};
  const allowed = asFields(data['allowedValues']) ?? {};
  const lists: unknown[] = [data['errors'], data['details'], top['errors'], top['details']]
    .filter((list): list is unknown[] => Array.isArray(list))
    .flat();
  const single = typeof data['field'] === 'string' ? [{ message: data['details'] ?? data['error'], ...data }] : [];
  const listed = [...lists, ...single].flatMap((item) => {
    const { field, message } = asFields(item) ?? {};
    if (typeof field !== 'string') return [];
    const reason = typeof message === 'string' ? printable(message, LONGEST_SAID) : 'not accepted';
    return [{ field, message: withNamed(reason, namedIn(asFields(item))) }];
  });
  const missing = [data['missingKeys'], data['missingHeaders'], data['missing']].flatMap((names) =>
    Array.isArray(names) ? texts(names) : [],
  );
  const invalid = Object.entries(asFields(data['invalidValues']) ?? {});
  return [
    ...listed,
    ...missing.map((field) => ({ field, message: withNamed('is missing', namedIn(own(allowed, field))) })),
    ...invalid.map(([field, value]) => {
      const named = namedIn(own(allowed, field));
      return {
        field,
        message: withNamed('is not one of the allowed values', named.length > 0 ? named : namedIn(value)),
      };
    }),
  ];
}

function own(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** The longest wait we accept from FinHub: a wrong clock there must not stop a case for years. */
const LONGEST_WAIT_MS = 24 * 3600_000;

/** Milliseconds until FinHub wants the next try: `Retry-After` (seconds or a date) or `retryAfter` in the body (facts §11). */
function retryAfterMs(headers: Fields, body: unknown, now: number): number | undefined {
  const top = asFields(body);
  for (const given of [headers['retry-after'], top?.['retryAfter'], asFields(top?.['data'])?.['retryAfter']]) {
    if (typeof given !== 'string' && typeof given !== 'number') continue;
    const text = String(given).trim();
    const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
    if (Number.isFinite(ms)) return Math.min(Math.max(0, ms), LONGEST_WAIT_MS);
  }
  return undefined;
}

/** Whether a 409 means "an earlier try is still running" rather than "already exists": both have one code (facts §9.1). */
function isStillRunning(status: number, body: unknown): boolean {
  const { message, error } = asFields(body) ?? {};
  const text = [message, error].filter((text) => typeof text === 'string').join(' ');
  return status === 409 && /still (running|processing)|in progress|being processed|try again later/i.test(text);
}

const LONGEST_SAID = 300;

/** A text from FinHub in one line, shortened, without control characters or characters that change the writing direction. */
function printable(text: string, longest: number): string {
  return text.slice(0, longest).replace(/\s+/g, ' ').replace(/\p{C}/gu, '');
}

/**
 * FinHub's explanation: `message` and what the data adds to it, shortened; undefined if there is none. E-mail addresses and long numbers
 * are blanked, but names may remain: show it to whoever works on the case, never log it.
 */
function saidIn(body: unknown): string | undefined {
  const top = asFields(body);
  const data = asFields(top?.['data']);
  const parts = [top?.['message'] ?? top?.['error'], data?.['error'], data?.['details']]
    .filter((text): text is string => typeof text === 'string' && text.trim() !== '')
    .map((text) =>
      printable(text, LONGEST_SAID)
        .replace(/\S+@\S+/g, '…')
        .replace(/[A-Z]{2}\d{2}[A-Z0-9]{8,}|\+?\d{7,}/g, '…'),
    );
  return parts.length === 0 ? undefined : [...new Set(parts)].join('; ');
}

/**
 * The error in a response; undefined for a success.
 * A 5xx is unclear, because FinHub may have acted before it failed, and so is "still running". Every other refusal had no effect.
 */
export function errorIn(
  { operation, effect }: { operation: string; effect: boolean },
  httpStatus: number,
  headers: Fields,
  body: unknown,
): FinHubError | undefined {
  const status = effectiveStatus(httpStatus, body);
  // The response to a missing header has code 500 in its body, but the request was wrong (facts §1.2).
  const kind = isStillRunning(status, body) ? 'unavailable' : httpStatus === 400 ? 'invalidRequest' : kindOf(status);
  if (kind === undefined) return undefined;
  return new FinHubError(kind, operation, `FinHub answered ${httpStatus}`, {
    status,
    said: saidIn(body),
    fieldErrors: fieldErrorsOf(body),
    unclear: effect && kind === 'unavailable',
    retryAfterMs: retryAfterMs(headers, body, Date.now()),
  });
}
