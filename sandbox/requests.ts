import { headerOf, type Headers } from './headers.js';

const KEPT = 10_000;
const OF_INTEREST = [
  'Idempotency-Key',
  'X-Tenant-ID',
  'X-Forwarded-For',
  'X-Forwarded-From',
  'platform',
  'deviceId',
  'User-Agent',
  'X-User-ID',
  'X-User-Roles',
  'Content-Type',
];

export interface RequestRecord {
  readonly at: string;
  readonly method: string;
  /** `METHOD /path/{template}`. */
  readonly operation: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The HTTP status answered; `null` when the connection was closed instead. */
  readonly status: number | null;
  readonly fault: string | null;
}

/** The last calls, without bodies and credentials. */
export class Requests {
  #records: RequestRecord[] = [];

  add(headers: Headers, record: Omit<RequestRecord, 'headers'>): void {
    const shown = OF_INTEREST.map((name) => [name.toLowerCase(), headerOf(headers, name)] as const);
    this.#records.push({ ...record, headers: Object.fromEntries(shown.filter(([, value]) => value !== '')) });
    if (this.#records.length > KEPT) this.#records.shift();
  }

  clear(): void {
    this.#records = [];
  }

  /** The records whose method, operation, status and fault equal those of `filter`, oldest first. */
  find(filter: Readonly<Record<string, string | undefined>>): RequestRecord[] {
    const fields = ['method', 'operation', 'status', 'fault'] as const;
    return this.#records.filter((record) =>
      fields.every((field) => filter[field] === undefined || filter[field] === String(record[field])),
    );
  }
}
