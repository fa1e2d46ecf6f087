import assert from 'node:assert/strict';
import type { IndividualInput, OrganizationInput } from '../../src/client/index.js';
import { approveAs } from '../../dev/demo/carry.js';
import type { SignerId, Stronghold } from './stronghold.js';

interface Verification {
  customerId: string;
  status: string;
}

/** FinHub's endpoint that is told of an approval. */
export const DECIDE = { method: 'POST', path: '/api/v2.1/verifications/{verificationId}/approve' };

/**
 * Ends a case and starts it again with its own input, as anybody at Temporal can. FinHub knows its customer already: a person is asked whose it
 * is, and nobody answers.
 */
export async function startAgain({ attacker, lane }: Stronghold, id: string): Promise<void> {
  const input = await attacker.input(id);
  await attacker.terminate(id);
  await attacker.start(id.startsWith('individual/') ? 'individualLifecycle' : 'organizationLifecycle', id, input);
  await lane.until(id, 'waits for a person', ({ attention }) => attention !== null && attention !== undefined);
}

/** A case that people can decide on. */
export function reviewed({ lane }: Stronghold, application: IndividualInput | OrganizationInput): Promise<string> {
  return lane.toReview(application);
}

/** What FinHub says of a case's verification. */
export async function verdictOf({ lane }: Stronghold, id: string): Promise<string> {
  const { ids } = await lane.client.caseView(id);
  return verdictOn(lane, ids.customerId!);
}

export async function verdictOn({ finhub }: Stronghold['lane'], customerId: string): Promise<string> {
  const verifications = await finhub.table<Verification>('verifications');
  return verifications.find((one) => one.customerId === customerId)!.status;
}

/** How often money was moved under a reference. */
export async function paidUnder({ lane }: Stronghold, reference: string): Promise<number> {
  const orders = await lane.finhub.table<{ reference: string; status: string }>('orders');
  return orders.filter((one) => one.reference === reference && one.status === 'COMPLETED').length;
}

/** A case that was attacked is still in review, undecided at FinHub, and a valid decision completes it. */
export async function goesOn(hold: Stronghold, id: string, operators: SignerId[] = ['op-1']): Promise<void> {
  const { lane } = hold;
  const { review } = await lane.client.caseView(id);
  assert.equal(review.stage, 'inReview');
  assert.notEqual(await verdictOf(hold, id), 'APPROVED');
  for (const operator of operators) await approveAs(hold.as(operator), id, operator);
  const { result } = await lane.closed(id);
  assert.equal(result, 'active');
  assert.equal(await verdictOf(hold, id), 'APPROVED');
}
