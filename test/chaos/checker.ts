import type { Client } from '@temporalio/client';
import { madeTwice, type FinHub } from '../helpers/finhub.js';
import { finalHistory, type FinalHistory } from './histories.js';
import { applicationOf, operatorsOf, plotOf, type Acknowledged } from './plots.js';

/** A question has to meet a case anew each time, between the death of a worker and the case's next task. */
const MOST_BUILT_ANEW = 3;

interface CustomerRow {
  id: string;
  email: string;
  origin: string;
  status: string;
}

interface VerificationRow {
  customerId: string;
  status: string;
  level?: string;
}

interface OrderRow {
  reference: string;
  status: string;
}

export interface Verdict {
  /** What broke the promise; empty when it held. */
  broken: string[];
  events: number;
}

/**
 * Holds what clients were told against FinHub's books and the final histories, and trusts nothing else: every acknowledged start and message is
 * there, every case has come to its plot's end, FinHub has everything once, nobody was approved without the right people.
 */
export async function check(
  temporal: Client,
  finhub: FinHub,
  lifecycles: number,
  acknowledged: readonly Acknowledged[],
): Promise<Verdict> {
  const broken: string[] = [];
  const expect = (holds: boolean, otherwise: string): void => void (holds || broken.push(otherwise));
  const [ledger, customers, verifications, orders] = await Promise.all([
    finhub.ledger(),
    finhub.table<CustomerRow>('customers'),
    finhub.table<VerificationRow>('verifications'),
    finhub.table<OrderRow>('orders'),
  ]);
  for (const { kind, key, count } of madeTwice(ledger)) broken.push(`${kind} ${key} was made ${count} times`);
  expect(await finhub.isBalanced(), 'the books do not balance');
  const paid = orders.filter(({ status }) => !['READY', 'EXPIRED'].includes(status));
  for (const { reference } of paid) {
    expect(paid.filter((order) => order.reference === reference).length === 1, `${reference} was paid more than once`);
  }

  let events = 0;
  for (let number = 0; number < lifecycles; number += 1) {
    const told = acknowledged.filter((line) => line.number === number);
    const started = told.find(({ what }) => what === 'started');
    if (!started) {
      broken.push(`application ${number} was never acknowledged`);
      continue;
    }
    const { workflowId } = started;
    const history = await finalHistory(
      temporal,
      workflowId,
      told.some(({ what }) => what === 'ended'),
    );
    events += history.events;
    const own = (fault: string): void => void broken.push(`${workflowId}: ${fault}`);
    checkHistory(number, told, history, own);
    await checkCustomer(number, customers, verifications, own);
  }
  return { broken, events };
}

function checkHistory(
  number: number,
  told: readonly Acknowledged[],
  { status, heard, failedTasks }: FinalHistory,
  broken: (fault: string) => void,
): void {
  const plot = plotOf(number);
  if (status !== 'COMPLETED') broken(`its workflow is ${status}`);
  for (const why of failedTasks.why) broken(`a workflow task failed: ${why}`);
  const { builtAnew } = failedTasks;
  if (builtAnew.length > MOST_BUILT_ANEW) broken(`its workflow was built anew too often: ${builtAnew.join('; ')}`);
  const ends = new Set(told.flatMap((line) => (line.what === 'ended' ? [line.result] : [])));
  if (ends.size !== 1 || !ends.has(plot.ends)) broken(`ended ${[...ends].join(', ')}, expected ${plot.ends}`);

  const decisions = heard.filter(({ name }) => name === 'decideVerification');
  for (const line of told) {
    if (line.what !== 'decision') continue;
    const found = decisions.filter(({ body }) => body['decisionId'] === line.decisionId);
    if (found.length === 0) broken(`decision ${line.decisionId} was acknowledged and is not in the history`);
    if (!found.some(({ answer }) => answer?.accepted === line.accepted)) {
      broken(`decision ${line.decisionId} was answered otherwise than the history has it`);
    }
  }
  const messages = { documents: 'submitDocuments', code: 'submitActivationCode', cancel: 'cancel' } as const;
  for (const [what, name] of Object.entries(messages)) {
    const accepted = told.some((line) => line.what === what && 'accepted' in line && line.accepted);
    if (accepted && !heard.some((message) => message.name === name && message.answer?.accepted)) {
      broken(`${what} was acknowledged and is not in the history`);
    }
  }

  const approvers = new Set(
    decisions
      .filter(({ body, answer }) => body['verdict'] === 'approve' && answer?.accepted)
      .map(({ body }) => (body['operator'] as { id: string }).id),
  );
  const needed = plot.rounds.includes('approve') ? operatorsOf(plot) : [];
  if ([...approvers].sort().join() !== [...needed].sort().join()) {
    broken(`approved by ${[...approvers].join(', ') || 'nobody'}, expected ${needed.join(', ') || 'nobody'}`);
  }
}

async function checkCustomer(
  number: number,
  customers: readonly CustomerRow[],
  verifications: readonly VerificationRow[],
  broken: (fault: string) => void,
): Promise<void> {
  const plot = plotOf(number);
  const application = await applicationOf(number);
  const { email } = 'individual' in application ? application.individual.person : application.organization.organization;
  const own = customers.filter((row) => row.email === email && row.origin === 'registration');
  if (own.length !== 1) return broken(`FinHub has ${own.length} customers of it`);
  const [customer] = own as [CustomerRow];
  if ((customer.status === 'ACTIVE') !== (plot.ends === 'active')) broken(`FinHub's customer is ${customer.status}`);
  const approved = verifications.filter(
    ({ customerId, status }) => customerId === customer.id && status === 'APPROVED',
  );
  if (approved.length !== (plot.ends === 'active' ? 1 : 0)) broken(`FinHub has ${approved.length} approvals of it`);
  if (plot.highRisk && approved.some(({ level }) => level !== 'POWER_TENANT_VERIFIED')) {
    broken('high risk was approved at FinHub without the power tenant');
  }
}
