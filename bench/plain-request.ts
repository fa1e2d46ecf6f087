import type { Endpoint, Tenant } from '../src/finhub/endpoint.js';

/** A request as the client sends it, for undici alone to send. */
export interface PlainRequest {
  path: string;
  method: 'GET' | 'POST';
  headers: Record<string, string>;
  body: unknown;
}

/** The request of a GET or POST endpoint, with the same path, headers and body as the client's. */
export function plainRequest<I, R>(
  endpoint: Endpoint<I, R>,
  input: I,
  tenant: Tenant,
  token: string | undefined,
): PlainRequest {
  const fields = input as Record<string, string>;
  const path = endpoint.path.replace(/\{(\w+)\}/g, (_, name: string) => fields[name]!);
  const query = endpoint.query ? `?${new URLSearchParams(endpoint.query(input)).toString()}` : '';
  const method = endpoint.method as PlainRequest['method'];
  const { tenantId } = tenant;
  return {
    ...{ path: path + query, method },
    headers: {
      ...{ accept: 'application/json', 'X-Tenant-ID': tenantId, 'X-Forwarded-From': 'finhub-onboarding' },
      ...{ platform: 'web', deviceId: 'bench', 'X-Forwarded-For': '127.0.0.1', 'User-Agent': 'finhub-onboarding' },
      ...(method === 'POST' && {
        'content-type': 'application/json',
        'Idempotency-Key': `individual/${tenantId}/application/1`,
      }),
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
    },
    body: method === 'POST' ? (endpoint.body ? endpoint.body(input, tenant) : input) : undefined,
  };
}
