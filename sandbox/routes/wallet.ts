import { customerOf, type Call, type Route } from '../call.js';
import type { Answer } from '../profiles/answer.js';
import { invalid, Refusal } from '../refusal.js';
import type { CustomerKind } from '../records.js';

export const walletRoutes: readonly Route[] = [
  { method: 'GET', path: '/api/v2.1/wallets/customer/{customerId}', access: 'session', handle: walletsOfCustomer },
];

const KINDS: ReadonlyMap<string, CustomerKind> = new Map([
  ['B2C', 'INDIVIDUAL'],
  ['B2B', 'ORGANIZATION'],
]);

/** The wallets; 404 until activation was asked for, without IBAN until it is done (T8, T17). */
function walletsOfCustomer(call: Call): Answer {
  const line = call.query['customerType'];
  const kind = line === undefined ? undefined : KINDS.get(line);
  if (line !== undefined && !kind) throw invalid({ field: 'customerType', message: 'Must be B2C or B2B' });
  const customer = customerOf(call, call.param('customerId'), kind);
  const wallets = call.world.state.wallets.by('customer', customer.id);
  if (wallets.every(({ status }) => status === 'INACTIVE'))
    throw new Refusal(404, 'No wallets: customer is not activated');
  return call.world.profile.shapes.wallets(wallets);
}
