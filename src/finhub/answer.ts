import type { FieldError } from '../lifecycle/failures.js';
import { FinHubError, type FinHubErrorKind } from './error.js';
import { writtenNumber } from './json.js';

type Fields = Record<string, unknown>;

function asFields(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/**
 * The payload of an answer in any of FinHub's envelopes: `{code, message, data}`, `{success, data}`, `{data, pagination}`, or none at all
 * (facts §1.3).
 */
export function unwrap(body: unknown): unknown {
  const fields = asFields(body);
  if (!fields || !Object.hasOwn(fields, 'data')) return body;
  const { data, pagination } = fields;
  // Beside a bare list stands how long it is in all.
  return Array.isArray(data) && asFields(pagination) ? { items: data as unknown[], pagination } : data;
}

/** The status an answer really has: a 2xx may carry an error's `code` or `success: false` in its body (facts §1.2, §1.3). */
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

/** The texts and numbers of a list, or of a single one. */
function texts(value: unknown): string[] {
  const items = Array.isArray(value) ? (value as unknown[]) : [value];
  return items.flatMap((item) => (typeof item === 'string' ? [item] : (writtenNumber(item) ?? [])));
}

/** What FinHub names instead, wherever it puts it: a list, or `{allowed: […]}`. */
function namedIn(value: unknown): string[] {
  const fields = asFields(value);
  if (!fields || writtenNumber(value) !== undefined) return texts(value);
  return ['allowed', 'allowedValues', 'expected', 'suggestions'].flatMap((name) => texts(fields[name]));
}

/** Values that are named to a person: so many, so long each. */
const MOST_VALUES = 30;
const LONGEST_VALUE = 100;

function withNamed(message: string, named: string[]): string {
  if (named.length === 0) return message;
  const shown = named.slice(0, MOST_VALUES).map((value) => printable(value, LONGEST_VALUE));
  return `${message}; FinHub names: ${shown.join(', ')}${named.length > MOST_VALUES ? ', …' : ''}`;
}

/**
 * Field errors in the forms FinHub has for them: `data.errors[]`, v1's `details[]`, `data.field`, `missingKeys[]`, `invalidValues{}`
 * (facts §1.4, §9.2). What FinHub says of the values that it would take is kept: nobody else can tell.
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
    const told = typeof message === 'string' ? printable(message, LONGEST_SAID) : 'not accepted';
    return [{ field, message: withNamed(told, namedIn(asFields(item))) }];
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

/** The longest wait that is taken from FinHub: a slip of its clock must not put a case to sleep for years. */
const LONGEST_WAIT_MS = 24 * 3600_000;

/** Milliseconds until FinHub wants to be asked again: `Retry-After` (seconds or a date) or `retryAfter` in the body (facts §11). */
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

/** A 409 that says "not now" rather than "there already": an earlier try of ours is being worked on (facts §9.1 has one code for both). */
function isStillRunning(status: number, body: unknown): boolean {
  const { message, error } = asFields(body) ?? {};
  const told = [message, error].filter((text) => typeof text === 'string').join(' ');
  return status === 409 && /still (running|processing)|in progress|being processed|try again later/i.test(told);
}

const LONGEST_SAID = 300;

/** A text of FinHub's in one line, shortened: what steers a terminal, or turns the direction of a line, is left out. */
function printable(text: string, longest: number): string {
  return text.slice(0, longest).replace(/\s+/g, ' ').replace(/\p{C}/gu, '');
}

/**
 * FinHub's own words, `message` and what the data adds to it, shortened; undefined where there are none. The e-mail addresses and long numbers
 * that they may quote are blanked, and names may be left: they are for whoever works on the case, never for a log.
 */
function saidIn(body: unknown): string | undefined {
  const top = asFields(body);
  const data = asFields(top?.['data']);
  const told = [top?.['message'] ?? top?.['error'], data?.['error'], data?.['details']]
    .filter((text): text is string => typeof text === 'string' && text.trim() !== '')
    .map((text) =>
      printable(text, LONGEST_SAID)
        .replace(/\S+@\S+/g, '…')
        .replace(/[A-Z]{2}\d{2}[A-Z0-9]{8,}|\+?\d{7,}/g, '…'),
    );
  return told.length === 0 ? undefined : [...new Set(told)].join('; ');
}

/**
 * The error that an answer stands for, or undefined for a good one.
 * A 5xx is unclear, since FinHub may have acted before it failed, and so is a try that is still being worked on; all other refusals came
 * before any effect.
 */
export function errorIn(
  { operation, effect }: { operation: string; effect: boolean },
  httpStatus: number,
  headers: Fields,
  body: unknown,
): FinHubError | undefined {
  const status = effectiveStatus(httpStatus, body);
  // The missing-header answer has code 500 in its body, but is the request's fault (facts §1.2).
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
