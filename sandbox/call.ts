import { TENANTS, type Tenant } from './fixtures.js';
import type { Answer } from './profiles/answer.js';
import { invalid, notFound, Refusal } from './refusal.js';
import type { Customer, CustomerKind, OperationType, Verification, Wallet } from './records.js';
import type { World } from './world.js';

/** Who calls, from the session token. */
export interface Caller {
  readonly kind: 'admin' | 'customer';
  readonly sessionId: string;
  readonly userId: string;
  /** The individual customer, organization or admin organization. */
  readonly customerId: string;
  readonly roles: readonly string[];
}

/** One call that passed the filters of its route. */
export interface Call {
  readonly world: World;
  readonly tenant: Tenant;
  /** `undefined` on logins and legacy calls. */
  readonly caller: Caller | undefined;
  /** Sandbox time, ms. */
  readonly now: number;
  readonly ip: string;
  readonly userAgent: string;
  readonly body: unknown;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  param(name: string): string;
}

/** Who may call a route. */
export type Access =
  | 'login' // context headers and tenant only
  | 'session' // a customer's, organization user's or admin's token
  | 'admin' // an admin's token
  | 'api-key'; // legacy: X-API-Key, no context headers

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path template with `{placeholders}`; with the method it is the operation's name in faults, ledger and requests. */
  readonly path: string;
  readonly access: Access;
  /** Whether X-User-ID and X-User-Roles are asked for (R18, R21). */
  readonly actingUser?: boolean;
  /** Largest request body, bytes. */
  readonly bodyLimit?: number;
  handle(call: Call): Answer;
}

export function tenantById(id: string): Tenant | undefined {
  return TENANTS.find((tenant) => tenant.id === id);
}

/** The token's owner. Routes with access `session` or `admin` always have one. */
export function callerOf({ caller }: Call): Caller {
  if (!caller) throw new Refusal(401, 'Invalid or expired token');
  return caller;
}

export function isPowerTenant(call: Call): boolean {
  return callerOf(call).roles.includes('POWER_TENANT');
}

/** The customer `id` of the caller's tenant. @throws Refusal 404; 403 for another customer's token. */
export function customerOf(call: Call, id: string, kind?: CustomerKind): Customer {
  const customer = call.world.state.customers.get(id);
  if (!customer || customer.tenantId !== call.tenant.id || (kind && customer.kind !== kind)) {
    throw notFound(kind === 'ORGANIZATION' ? 'Organization' : 'Customer');
  }
  ownedBy(call, customer.id);
  return customer;
}

/** The wallet `id`, whatever its status. @throws Refusal as `customerOf`. */
export function walletOf(call: Call, id: string): Wallet {
  const wallet = call.world.state.wallets.get(id);
  if (!wallet || wallet.tenantId !== call.tenant.id) throw notFound('Account');
  ownedBy(call, wallet.customerId);
  return wallet;
}

export function verificationOf(call: Call, id: string): Verification {
  const verification = call.world.state.verifications.get(id);
  if (!verification || verification.tenantId !== call.tenant.id) throw notFound('Verification');
  ownedBy(call, verification.customerId);
  return verification;
}

/** The wallet of the path once it was activated, even if it is suspended now. @throws Refusal 422 before that. */
export function activatedWalletOf(call: Call): Wallet {
  const wallet = walletOf(call, call.param('accountId'));
  if (wallet.status === 'INACTIVE' || wallet.status === 'PENDING_ACTIVATION') throw notActive(wallet);
  return wallet;
}

/** The wallet of the path if it can be used now. @throws Refusal 422 also while wallet or customer are suspended. */
export function activeWalletOf(call: Call): Wallet {
  const wallet = activatedWalletOf(call);
  checkUsableNow(call, wallet);
  return wallet;
}

/** @throws Refusal 422 unless both wallet and customer are ACTIVE. */
export function checkUsableNow(call: Call, wallet: Wallet): void {
  if (wallet.status !== 'ACTIVE') throw notActive(wallet);
  const customer = call.world.state.customers.get(wallet.customerId);
  if (customer?.status !== 'ACTIVE') throw new Refusal(422, `Account is not ACTIVE: ${customer?.status}`);
}

function notActive({ status }: Wallet): Refusal {
  return new Refusal(422, `Wallet is not ACTIVE: ${status}`, { walletStatus: status });
}

const OPERATIONS: ReadonlyMap<string, OperationType> = new Map([
  ['transfer', 'transfer'],
  ['topup', 'topup'],
  ['withdraw', 'withdraw'],
  ['withdrawal', 'withdraw'],
]);

/** The operation of the path, in any of its spellings. */
export function operationOf(call: Call): OperationType {
  const operation = OPERATIONS.get(call.param('operationType').toLowerCase());
  if (!operation) throw invalid({ field: 'operationType', message: 'Must be transfer, topup or withdraw' });
  return operation;
}

function ownedBy(call: Call, customerId: string): void {
  if (call.caller?.kind === 'customer' && call.caller.customerId !== customerId) {
    throw new Refusal(403, 'Access denied: the object belongs to another customer');
  }
}
