import type { FieldError } from '../lifecycle/failures.js';
import { FinHubError, type FinHubErrorKind } from './error.js';

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
  return fields && 'data' in fields ? fields['data'] : body;
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

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

/** Field errors in the forms FinHub has for them: `data.errors[]`, v1's `details[]`, `missingKeys[]`, `invalidValues{}` (facts §1.4, §9.2). */
function fieldErrorsOf(body: unknown): FieldError[] {
  const top = asFields(body) ?? {};
  const data = asFields(top['data']) ?? {};
  const lists = [data['errors'], data['details'], top['errors'], top['details']].filter(Array.isArray).flat();
  const listed = lists.flatMap((item) => {
    const { field, message } = asFields(item) ?? {};
    return typeof field === 'string'
      ? [{ field, message: typeof message === 'string' ? message : 'not accepted' }]
      : [];
  });
  const missing = [...texts(data['missingKeys']), ...texts(data['missingHeaders']), ...texts(data['missing'])];
  const invalid = Object.keys(asFields(data['invalidValues']) ?? {});
  return [
    ...listed,
    ...missing.map((field) => ({ field, message: 'is missing' })),
    ...invalid.map((field) => ({ field, message: 'is not one of the allowed values' })),
  ];
}

/** The longest wait that is taken from FinHub: a slip of its clock must not put a case to sleep for years. */
const LONGEST_WAIT_MS = 24 * 3600_000;

/** Milliseconds until FinHub wants to be asked again: `Retry-After` (seconds or a date) or `retryAfter` in the body (facts §11). */
function retryAfterMs(headers: Fields, body: unknown, now: number): number | undefined {
  const top = asFields(body);
  for (const given of [headers['retry-after'], top?.['retryAfter'], asFields(top?.['data'])?.['retryAfter']]) {
    if (typeof given !== 'string' && typeof given !== 'number') continue;
    const text = String(given);
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

/** FinHub's own `message`, shortened; it names fields and states. The e-mail addresses and long numbers it may quote are blanked. */
function messageOf(body: unknown): string {
  const top = asFields(body);
  const message = top?.['message'] ?? top?.['error'];
  if (typeof message !== 'string') return 'no message';
  return message
    .slice(0, 300)
    .replace(/\S+@\S+/g, '…')
    .replace(/[A-Z]{2}\d{2}[A-Z0-9]{8,}|\+?\d{7,}/g, '…');
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
  return new FinHubError(kind, operation, `FinHub answered ${httpStatus} (${messageOf(body)})`, {
    status,
    fieldErrors: fieldErrorsOf(body),
    unclear: effect && kind === 'unavailable',
    retryAfterMs: retryAfterMs(headers, body, Date.now()),
  });
}
