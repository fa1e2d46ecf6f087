import { request } from 'undici';
import type { FaultKind } from '../../sandbox/faults.js';

/** A natural object that the sandbox's ledger knows, and the ids under which it was made; `live` of them were not undone. */
export interface LedgerEntry {
  kind: string;
  key: string;
  count: number;
  live: number;
  made: string[];
}

export interface FaultOrder {
  method: string;
  path: string;
  kind: FaultKind;
  times?: number;
  /** Of the calls that would meet it. */
  share?: number;
  delayMs?: number;
}

/** Looks behind a sandbox and steers it, by its control routes. */
export class FinHub {
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  async ledger(): Promise<LedgerEntry[]> {
    const { objects } = await this.#get<{ objects: LedgerEntry[] }>('ledger');
    return objects;
  }

  /** Whether all postings add up and agree with the wallets. */
  async isBalanced(): Promise<boolean> {
    const { money } = await this.#get<{ money: { balanced: boolean } }>('ledger');
    return money.balanced;
  }

  /** Ledger entries whose key or ids hold one of `marks`: what belongs to one case. */
  async ledgerOf(...marks: string[]): Promise<LedgerEntry[]> {
    const entries = await this.ledger();
    return entries.filter(({ key, made }) => marks.some((mark) => key.includes(mark) || made.includes(mark)));
  }

  /** Rows of one of the sandbox's tables. */
  async table<Row>(name: string): Promise<Row[]> {
    const state = await this.#get<Record<string, Row[]>>('state');
    return state[name]!;
  }

  /** Calls that were answered so far, oldest first; `operation` is `METHOD /path/{template}`. */
  async requests(operation?: string): Promise<{ operation: string; url: string; status: number | null }[]> {
    return this.#get(`requests${operation === undefined ? '' : `?operation=${encodeURIComponent(operation)}`}`);
  }

  async activationCode(customerId: string): Promise<string> {
    const mails = await this.#get<{ customerId: string; code: string }[]>('outbox');
    return mails.findLast((mail) => mail.customerId === customerId)!.code;
  }

  /** Codes that FinHub mailed to an address, oldest first. */
  async mails(to: string): Promise<{ code: string }[]> {
    return this.#get(`outbox?to=${encodeURIComponent(to)}`);
  }

  async inject(...faults: FaultOrder[]): Promise<void> {
    await this.#post('faults', faults);
  }

  async clearFaults(): Promise<void> {
    await request(`${this.url}/__sandbox/faults`, { method: 'DELETE' }).then(({ body }) => body.dump());
  }

  /** Faults that calls have met since it was started. */
  async injected(): Promise<{ operation: string; kind: FaultKind }[]> {
    const { injected } = await this.#get<{ injected: { operation: string; kind: FaultKind }[] }>('faults');
    return injected;
  }

  /** Whether every injected fault has met its call. */
  async faultsAreSpent(): Promise<boolean> {
    const { waiting } = await this.#get<{ waiting: unknown[] }>('faults');
    return waiting.length === 0;
  }

  /** Decides on a verification as somebody in FinHub's own portal. */
  async decideInPortal(verificationId: string, status: 'APPROVED' | 'REJECTED'): Promise<void> {
    await this.#post(`verifications/${verificationId}/decide`, { status });
  }

  /** Activates a customer as somebody in FinHub's own portal, or the customer on FinHub's pages. */
  async activateInPortal(customerId: string): Promise<void> {
    await this.#post(`customers/${customerId}/activate`, {});
  }

  /** What a customer does on FinHub's own pages. */
  async changePassword(customerId: string, password: string): Promise<void> {
    await this.#post(`customers/${customerId}/password`, { password });
  }

  /** Pays into a wallet; `amount` in EUR, major units. */
  async credit(walletId: string, amount: string): Promise<void> {
    await this.#post(`wallets/${walletId}/credit`, { amount });
  }

  /** What FinHub does with a wallet that is under suspicion, and undoes. */
  async setWallet(walletId: string, status: 'ACTIVE' | 'SUSPENDED'): Promise<void> {
    await this.#post(`wallets/${walletId}/status`, { status });
  }

  /** The sandbox's time, ISO 8601. */
  async now(): Promise<string> {
    return (await this.#get<{ now: string }>('clock')).now;
  }

  /** Moves the sandbox's clock forward to a time; a time that has passed already changes nothing. */
  async moveClockTo(time: Date): Promise<void> {
    const { now } = await this.#get<{ now: string }>('clock');
    const advanceMs = Math.max(0, time.getTime() - Date.parse(now));
    await this.#post('clock', { advanceMs });
  }

  /** Forgets everything but the tenants. */
  async reset(): Promise<void> {
    await this.#post('reset', {});
  }

  async #get<T>(route: string): Promise<T> {
    const { body } = await request(`${this.url}/__sandbox/${route}`);
    return (await body.json()) as T;
  }

  async #post(route: string, payload: unknown): Promise<void> {
    const { statusCode, body } = await request(`${this.url}/__sandbox/${route}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(payload),
    });
    const answer = await body.text();
    if (statusCode !== 200) throw new Error(`the sandbox refused ${route}: ${statusCode} ${answer}`);
  }
}

/** `2 document, 1 verification`: how many objects of each kind live in a ledger. */
export function inventory(ledger: readonly LedgerEntry[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind, live } of ledger) counts[kind] = (counts[kind] ?? 0) + live;
  return counts;
}

/** Kinds of which a repeat is harmless: a reservation that lapses, a consent that was revoked before the next one. */
const MAY_REPEAT = new Set(['prepared-order', 'payment-consent']);

/** Ledger entries that were made more than once, as far as a second one would do harm. */
export function madeTwice(ledger: readonly LedgerEntry[]): LedgerEntry[] {
  return ledger.filter(({ kind, count, live }) =>
    MAY_REPEAT.has(kind) ? kind === 'payment-consent' && live > 1 : count > 1,
  );
}
