import { pathParameters, type Endpoint, type Tenant } from './endpoint.js';

/** What an input comes to on the wire, but for the headers. */
export interface Outgoing {
  /** With the query, from the host's base address on. */
  path: string;
  /** Undefined where the method has none. */
  body: unknown;
}

/** The request that an endpoint makes of an input that its schema has let through. */
export function outgoing<I, R>(endpoint: Endpoint<I, R>, input: I, tenant: Tenant): Outgoing {
  const { method } = endpoint;
  return {
    path: pathOf(endpoint, input),
    body: method === 'POST' || method === 'PUT' ? bodyOf(endpoint, input, tenant) : undefined,
  };
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
