import assert from 'node:assert/strict';
import type { IndividualInput, OrganizationInput, TransferInput } from '../../src/client/index.js';
import { EXAMPLES } from '../../dev/demo/examples.js';
import { transferId } from '../../src/lifecycle/ids.js';
import { SANDBOX_TENANT } from '../../sandbox/fixtures.js';
import { anIndividual, anOrganization } from '../helpers/applications.js';
import type { Lane } from '../helpers/lane.js';
import type { TimeSkipping } from '../helpers/time-skipping.js';

/** Carries a case to its end and returns its workflow's id. */
export type Scenario = (lane: Lane, time: TimeSkipping) => Promise<string>;

type Application = IndividualInput | OrganizationInput;
type Make = (patch?: object) => Promise<Application>;

const DAY = 24 * 3600_000;
const EXECUTE = { method: 'POST', path: '/api/v2.1/fintrans/{accountId}/types/{operationType}/execute' };

async function decide(lane: Lane, id: string, verdict: 'approve' | 'reject' | 'request-documents', round = 1) {
  const documents = verdict === 'request-documents' ? [{ type: 'SELFIE' }] : undefined;
  const decision = { decisionId: `${verdict}-${round}`, round, verdict, operator: { id: 'op-1' }, documents };
  const answer = await lane.client.decide(id, decision);
  assert.ok(answer.accepted, JSON.stringify(answer));
}

async function completed(lane: Lane, id: string): Promise<string> {
  assert.equal((await lane.finish(id)).status, 'completed');
  return id;
}

/** What both kinds of lifecycle go through. */
const LIFECYCLE: Record<string, (make: Make) => Scenario> = {
  happy: (make) => async (lane) => completed(lane, await lane.start(await make())),
  rejected: (make) => async (lane) => {
    const id = await lane.toReview(await make());
    await decide(lane, id, 'reject');
    assert.equal((await lane.closed(id)).result, 'rejected');
    return id;
  },
  resubmitted: (make) => async (lane, time) => {
    const id = await lane.toReview(await make());
    await decide(lane, id, 'request-documents');
    await lane.until(id, 'asks for documents', ({ waitingOn }) => waitingOn?.who === 'customer');
    await time.skip(2 * DAY);
    const documents = [{ type: 'SELFIE', file: 'documents/passport-ona.png' }];
    await lane.client.submitDocuments(id, { submittedBy: 'backoffice', documents }, { folder: EXAMPLES });
    await lane.until(id, 'second round', ({ review }) => review.round === 2 && review.stage === 'inReview');
    return completed(lane, id);
  },
  expired: (make) => async (lane, time) => {
    const id = await lane.toReview(await make());
    await time.skip(9 * DAY);
    assert.equal((await lane.closed(id)).result, 'expired');
    return id;
  },
  cancelled: (make) => async (lane) => {
    const id = await lane.toReview(await make());
    await lane.client.cancel(id, { by: 'backend', reason: 'withdrawn' });
    assert.equal((await lane.closed(id)).result, 'cancelled');
    return id;
  },
  'attention-resolved': (make) => async (lane) => {
    const application = await make();
    const categorization = application.categorization!;
    const { category } = categorization;
    const id = await lane.start({ ...application, categorization: { ...categorization, category: 'NONE' } });
    await lane.until(id, 'needs attention', ({ status }) => status === 'needsAttention');
    const patch = { categorization: { category } };
    await lane.client.correctApplication(id, { correctedBy: 'backoffice', patch });
    return completed(lane, id);
  },
  'early-decision': (make) => async (lane) => {
    const id = await lane.start(await make());
    await decide(lane, id, 'approve');
    return completed(lane, id);
  },
};

const limit = { value: '500.00', currency: 'EUR' };
const PAYEE = {
  ...{ ref: 'landlord', name: 'Jonas Vaitkus', partyType: 'INDIVIDUAL_CUSTOMER', currency: 'EUR' },
  ...{ iban: 'LT717300010123456789', bic: 'HABALT22', country: 'LT' },
};

/** A transfer from an account of its own. */
async function order(lane: Lane, patch: Partial<TransferInput> = {}): Promise<TransferInput> {
  const consent = { title: 'Rent', validDays: 100, perTransaction: limit, perDay: limit, transactionsPerDay: 5 };
  const payments = { beneficiaries: [PAYEE], consent, transfer: null };
  const application = await anIndividual({ payments });
  const { ids } = await lane.finish(await lane.start(application));
  return {
    reference: `rent-of-${application.applicationId}`,
    customerId: ids.customerId!,
    accountId: ids.accountId!,
    beneficiaryIban: PAYEE.iban,
    amount: { value: '10.00', currency: 'EUR' },
    description: 'Rent',
    submittedBy: 'backoffice',
    origin: { ipAddress: '192.0.2.24', userAgent: 'recorder' },
    ...patch,
  };
}

async function transferred(lane: Lane, transfer: TransferInput, result: string): Promise<string> {
  const id = transferId(SANDBOX_TENANT.id, transfer.reference);
  await lane.client.startTransfer(transfer);
  assert.equal((await lane.closed(id)).result, result);
  return id;
}

const TRANSFER: Record<string, Scenario> = {
  happy: async (lane) => transferred(lane, await order(lane), 'completed'),
  unclear: async (lane) => {
    const transfer = await order(lane);
    await lane.finhub.inject({ ...EXECUTE, kind: 'drop' });
    return transferred(lane, transfer, 'completed');
  },
  refused: async (lane) => transferred(lane, await order(lane, { description: 'FAIL' }), 'failed'),
};

/** Every scenario by the name that its history gets. */
export const SCENARIOS: Record<string, Scenario> = {
  ...named('individual', mapped(anIndividual)),
  ...named('organization', mapped(anOrganization)),
  ...named('transfer', TRANSFER),
};

function mapped(make: Make): Record<string, Scenario> {
  return Object.fromEntries(Object.entries(LIFECYCLE).map(([name, scenario]) => [name, scenario(make)]));
}

function named(kind: string, scenarios: Record<string, Scenario>): Record<string, Scenario> {
  return Object.fromEntries(Object.entries(scenarios).map(([name, scenario]) => [`${kind}-${name}`, scenario]));
}
