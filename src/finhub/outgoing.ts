import type { FieldError } from '../lifecycle/failures.js';
import { pathParameters, type Endpoint, type Tenant } from './endpoint.js';
import { FinHubError } from './error.js';

/** A request without its headers. */
export interface Outgoing {
  /** With the query, relative to the host's base address. */
  path: string;
  /** JSON; null where the method has none. */
  body: string | null;
}

/**
 * The request for an input that passed the endpoint's schema.
 * @throws FinHubError `unsendable` if no request can carry it
 */
export function outgoing<I, R>(endpoint: Endpoint<I, R>, input: I, tenant: Tenant): Outgoing {
  const { method, operation } = endpoint;
  try {
    const path = pathOf(endpoint, input);
    const hasBody = method === 'POST' || method === 'PUT';
    return { path, body: hasBody ? (JSON.stringify(bodyOf(endpoint, input, tenant)) ?? null) : null };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'unknown';
    throw new FinHubError('unsendable', operation, `not sent: no request can carry the input: ${why}`, { cause });
  }
}

/** Where the text of a header comes from, as a person can correct it. */
const SOURCES: Readonly<Record<string, string>> = {
  'User-Agent': 'origin.userAgent',
  'X-Forwarded-For': 'origin.ipAddress',
};

/** What an HTTP header can hold: one line of Latin-1. */
const SENDABLE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Returns the headers unchanged.
 * @throws FinHubError `unsendable`, naming the headers that HTTP cannot carry
 */
export function sendable(operation: string, headers: Record<string, string>): Record<string, string> {
  const fieldErrors: FieldError[] = Object.entries(headers)
    .filter(([, value]) => typeof value !== 'string' || !SENDABLE.test(value))
    .map(([name]) => ({
      field: SOURCES[name] ?? name,
      message: 'contains characters that an HTTP header cannot carry; use one line of Latin-1',
    }));
  if (fieldErrors.length === 0) return headers;
  const fields = fieldErrors.map(({ field }) => field).join(', ');
  throw new FinHubError('unsendable', operation, `not sent: HTTP cannot carry ${fields}`, { fieldErrors });
}

function pathOf<I, R>({ path, query }: Endpoint<I, R>, input: I): string {
  const fields = input as Record<string, string>;
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(fields[name]!));
  return query ? `${filled}?${new URLSearchParams(query(input)).toString()}` : filled;
}

function bodyOf<I, R>(endpoint: Endpoint<I, R>, input: I, tenant: Tenant): unknown {
  if (endpoint.body) return endpoint.body(input, tenant);
  const inPath = new Set(pathParameters(endpoint.path));
  return Object.fromEntries(Object.entries(input as Record<string, unknown>).filter(([name]) => !inPath.has(name)));
}
