import { randomBytes } from 'node:crypto';
import { Journal } from './journal.js';
import type {
  Beneficiary,
  Consent,
  Customer,
  Document,
  Job,
  KeptAnswer,
  Mail,
  Making,
  Order,
  PaymentConsent,
  Personnel,
  Posting,
  Session,
  Setting,
  User,
  Verification,
  Wallet,
} from './records.js';
import { type Change, Table, type Watcher } from './table.js';
import type { WebhookDelivery, WebhookSubscription } from './webhooks/rows.js';

/** Everything the sandbox holds; with a journal file, everything it held before it was last stopped or killed. */
export class State {
  #pending: Change[] = [];
  readonly #journal: Journal | undefined;
  /** Sees every change of a row that is put. */
  watcher: Watcher | undefined;
  readonly #changed = (change: Change, before?: object) => {
    this.#pending.push(change);
    const [table, , row] = change;
    if (row) this.watcher?.(table, before, row);
  };

  readonly customers = new Table<Customer, 'email' | 'status'>(
    'customers',
    {
      email: (c) => (c.origin === 'personnel' ? undefined : `${c.tenantId}|${c.email}`),
      status: (c) => `${c.tenantId}|${c.status}`,
    },
    this.#changed,
  );
  readonly users = new Table<User>('users', {}, this.#changed);
  readonly sessions = new Table<Session>('sessions', {}, this.#changed);
  readonly verifications = new Table<Verification, 'customer'>(
    'verifications',
    { customer: (v) => v.customerId },
    this.#changed,
  );
  readonly documents = new Table<Document, 'verification' | 'customer'>(
    'documents',
    { verification: (d) => d.verificationId, customer: (d) => d.customerId },
    this.#changed,
  );
  readonly consents = new Table<Consent, 'customer'>('consents', { customer: (c) => c.customerId }, this.#changed);
  readonly personnel = new Table<Personnel, 'organization'>(
    'personnel',
    { organization: (p) => `${p.organizationId}|${p.role}` },
    this.#changed,
  );
  readonly wallets = new Table<Wallet, 'customer' | 'iban'>(
    'wallets',
    { customer: (w) => w.customerId, iban: (w) => w.iban },
    this.#changed,
  );
  readonly beneficiaries = new Table<Beneficiary, 'account'>(
    'beneficiaries',
    { account: (b) => b.accountId },
    this.#changed,
  );
  readonly paymentConsents = new Table<PaymentConsent, 'account'>(
    'paymentConsents',
    { account: (c) => c.accountId },
    this.#changed,
  );
  readonly orders = new Table<Order, 'account'>('orders', { account: (o) => o.accountId }, this.#changed);
  readonly postings = new Table<Posting>('postings', {}, this.#changed);
  readonly outbox = new Table<Mail, 'to'>('outbox', { to: (m) => m.to }, this.#changed);
  readonly jobs = new Table<Job>('jobs', {}, this.#changed);
  readonly makings = new Table<Making>('makings', {}, this.#changed);
  readonly storedResponses = new Table<KeptAnswer>('storedResponses', {}, this.#changed);
  readonly webhookSubscriptions = new Table<WebhookSubscription>('webhookSubscriptions', {}, this.#changed);
  readonly webhookDeliveries = new Table<WebhookDelivery, 'subscription'>(
    'webhookDeliveries',
    { subscription: (d) => d.subscriptionId },
    this.#changed,
  );
  readonly settings = new Table<Setting>('settings', {}, this.#changed);

  constructor(journalFile?: string) {
    this.#journal =
      journalFile === undefined ? undefined : new Journal(journalFile, (changes) => this.#replay(changes));
  }

  /** Writes what changed since the last call as one journal line: all of it survives a kill, or none. */
  commit(): void {
    if (this.#pending.length === 0) return;
    this.#journal?.append(this.#pending);
    this.#pending = [];
  }

  /** The secret that signs session tokens; stored, so that tokens survive a restart as they would with FinHub. */
  signingSecret(): string {
    const setting = this.settings.get('signing-secret');
    return (setting ?? this.settings.put({ id: 'signing-secret', value: randomBytes(32).toString('hex') })).value;
  }

  reset(): void {
    for (const table of this.#tables()) table.clear();
    this.#pending = [];
    this.#journal?.truncate();
  }

  close(): void {
    this.commit();
    this.#journal?.close();
  }

  toJSON(): Record<string, unknown[]> {
    return Object.fromEntries(this.#tables().map((table) => [table.name, table.all()]));
  }

  #tables() {
    return Object.values(this).filter((value): value is Table<{ id: string }> => value instanceof Table);
  }

  #replay(changes: readonly Change[]): void {
    const tables = new Map(this.#tables().map((table) => [table.name, table]));
    for (const [name, id, row] of changes) tables.get(name)?.load(id, row as { id: string } | null);
  }
}
