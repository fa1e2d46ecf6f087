import { isIP } from 'node:net';
import { invalid, Refusal } from './refusal.js';

export type Headers = Readonly<Record<string, string | string[] | undefined>>;

const DEVICE_ID = ['deviceId', 'X-Device-Id', 'device-id'];

const CONTEXT: readonly (readonly [name: string, aliases: readonly string[]])[] = [
  ['X-Tenant-ID', []],
  ['X-Forwarded-For', []],
  ['X-Forwarded-From', []],
  ['platform', ['sec-ch-ua-platform']],
  ['deviceId', DEVICE_ID],
  ['User-Agent', []],
];
const ACTING_USER: typeof CONTEXT = [
  ['X-User-ID', []],
  ['X-User-Roles', []],
];

/** The value of a header, `''` when it is missing. */
export function headerOf(headers: Headers, name: string): string {
  const value = headers[name.toLowerCase()];
  return ((Array.isArray(value) ? value[0] : value) ?? '').trim();
}

/**
 * FinHub's global request filter (facts §1.2).
 * @throws Refusal HTTP 400 with body code 500 naming the missing headers; 400 for an address that is none.
 */
export function checkContextHeaders(headers: Headers, actingUser: boolean): void {
  const missingHeaders = [...CONTEXT, ...(actingUser ? ACTING_USER : [])]
    .filter(([name, aliases]) => [name, ...aliases].every((alias) => headerOf(headers, alias) === ''))
    .map(([name]) => name);
  if (missingHeaders.length > 0) {
    throw new Refusal(400, 'Missing required header(s)', { missingHeaders, deviceId_accepted: DEVICE_ID }, 500);
  }
  if (isIP(clientIp(headers)) === 0) {
    throw invalid({ field: 'X-Forwarded-For', message: 'Must be an IPv4 or IPv6 address' });
  }
}

/** The first address of X-Forwarded-For. */
export function clientIp(headers: Headers): string {
  return (headerOf(headers, 'X-Forwarded-For').split(',')[0] ?? '').trim();
}
