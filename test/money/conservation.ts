import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { InvalidInput, runBatch, type BatchReport, type TransferInput } from '../../src/client/index.js';
import type { Child } from '../../dev/embedded/child-process.js';
import { startStack, type Stack } from '../../dev/embedded/stack.js';
import type { FaultKind } from '../../sandbox/faults.js';
import { FinHub } from '../helpers/finhub.js';
import { EXTERNAL, openAccount, type Payer } from './accounts.js';
import { changing, CHANGES, checkChanges } from './changing.js';

/*
 * Money is neither made nor lost: whatever happens to answers and workers, every reference is paid at most once, and what is reported is what
 * the sandbox's books say, to the minor unit.
 */

export interface Size {
  transfers: number;
  accounts: number;
  /** Times that the worker is killed while transfers are under way. */
  kills: number;
  /** Times that each account's beneficiaries and payment consent change while transfers are under way. */
  changes: number;
  /** Repeats a run. */
  seed: number;
}

/** FinHub does the work, and what it says of it is lost; these are the dangerous ones. */
const LOST: FaultKind[] = ['drop', 'effect-500', 'late-effect', 'late-answer', 'cut', 'garble'];
const REFUSED: FaultKind[] = ['refuse-500', 'refuse-502', 'refuse-503', 'refuse-429', 'refuse-401', 'conflict-running'];
const SHARES = [...LOST.map((kind) => [kind, 0.014] as const), ...REFUSED.map((kind) => [kind, 0.003] as const)];
const MONEY_MOVES = ['prepare', 'execute'].map((step) => ({
  method: 'POST',
  path: `/api/v2.1/fintrans/{accountId}/types/{operationType}/${step}`,
}));

const TIMEOUT_MS = 400;
/** Less than the HTTP timeout: FinHub is not at work on a request that was given up longer ago. */
const LATE_MS = 150;
const OPENING_CENTS = 1_000_000_00n;

interface OrderRow {
  id: string;
  reference: string;
  status: 'READY' | 'EXPIRED' | 'EXECUTING' | 'COMPLETED' | 'FAILED';
  accountId: string;
  amount: number;
  targetIban: string;
}

interface WalletRow {
  id: string;
  iban?: string;
  available: number;
  blocked: number;
}

/** Runs it all on a stack of its own and checks the books; says how often money was prepared and executed. */
export async function conserve({ transfers, accounts, kills, changes, seed }: Size): Promise<string> {
  const stack = await startStack({
    sandboxArgs: [
      ...['--activation-delay', '1', '--settlement-delay', '50', '--log-level', 'fatal', '--seed', String(seed)],
      ...['--opening-balance', '1000000.00'],
    ],
    workerEnv: { FINHUB_TIMEOUT_MS: String(TIMEOUT_MS), FINHUB_VERDICT_POLL_SECONDS: '1' },
  });
  const workers: Child[] = [stack.worker];
  try {
    const finhub = new FinHub(stack.sandboxUrl);
    const payers = await openAccounts(stack, finhub, accounts);
    await assertRemembered(stack, payers[0]!);
    await inject(finhub);
    const inputs = fc.sample(transfersOf(payers), { numRuns: transfers, seed }).map(withReference);
    const killer = killing(stack, workers, kills);
    const changer = changing(stack, payers, changes);
    const reports = await untilSettled(stack, inputs);
    await Promise.all([killer, changer]);
    await checkChanges(finhub, payers, changes);
    return await checkBooks(finhub, payers, inputs, reports);
  } finally {
    for (const worker of workers) await worker.kill();
    await stack.stop();
  }
}

/** The first account can be paid by the others, so that money moves within the sandbox as well. */
async function openAccounts(stack: Stack, finhub: FinHub, count: number): Promise<Payer[]> {
  const first = await openAccount(stack, finhub, EXTERNAL);
  const internal = { iban: first.iban, bic: 'SONCLT21', country: 'LT' };
  const others: Payer[] = [];
  for (let left = count - 1; left > 0; left -= 4) {
    const wave = Array.from({ length: Math.min(4, left) }, () => openAccount(stack, finhub, [...EXTERNAL, internal]));
    others.push(...(await Promise.all(wave)));
  }
  return [first, ...others];
}

/** What is older than the server's memory of closed workflows is not paid: nothing could tell that it was paid already. */
async function assertRemembered(
  { client }: Stack,
  { customerId, accountId, beneficiaries: [beneficiaryIban] }: Payer,
): Promise<void> {
  const origin = { ipAddress: '192.0.2.24', userAgent: 'test' };
  const amount = { value: '1.00', currency: 'EUR' };
  const from = { customerId, accountId };
  const old = { ...from, reference: '20200131-rent', description: 'Rent', submittedBy: 'backoffice', amount, origin };
  await assert.rejects(client.startTransfer({ ...old, beneficiaryIban: beneficiaryIban! }), InvalidInput);
}

async function inject(finhub: FinHub): Promise<void> {
  for (const call of [...MONEY_MOVES, ...CHANGES]) {
    const faults = SHARES.map(([kind, share]) => ({ ...call, kind, share, times: 1_000_000 }));
    await finhub.inject(
      ...faults.map((fault) => (fault.kind === 'late-effect' ? { ...fault, delayMs: LATE_MS } : fault)),
    );
  }
}

type Draft = Omit<TransferInput, 'reference'>;

/** From any account to any of its beneficiaries; some are refused by the receiving bank. */
function transfersOf(payers: Payer[]): fc.Arbitrary<Draft> {
  return fc.constantFrom(...payers).chain(({ customerId, accountId, beneficiaries }) =>
    fc.record({
      customerId: fc.constant(customerId),
      accountId: fc.constant(accountId),
      beneficiaryIban: fc.constantFrom(...beneficiaries),
      amount: fc.integer({ min: 1, max: 90_00 }).map((cents) => ({ value: euros(cents), currency: 'EUR' })),
      description: fc.oneof(
        { weight: 9, arbitrary: fc.constant('Rent') },
        { weight: 1, arbitrary: fc.constant('FAIL') },
      ),
      submittedBy: fc.constant('backoffice'),
      origin: fc.constant({ ipAddress: '192.0.2.24', userAgent: 'test' }),
    }),
  );
}

function withReference(draft: Draft, index: number): TransferInput {
  return { ...draft, reference: `pay-${index}` };
}

function euros(cents: number): string {
  const digits = String(cents).padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** Kills the worker as a crash would, again and again, and starts another one. */
async function killing(stack: Stack, workers: Child[], kills: number): Promise<void> {
  for (let kill = 0; kill < kills; kill += 1) {
    await sleep(2500);
    await workers.at(-1)!.kill();
    workers.push(await stack.startWorker());
  }
}

const MAX_ROUNDS = 60;

/** Starts every transfer twice in each round, and has an operator retry what needs attention, until all have ended. */
async function untilSettled(stack: Stack, inputs: TransferInput[]): Promise<Map<string, BatchReport>> {
  const ended = new Map<string, BatchReport>();
  for (let round = 0; ended.size < inputs.length; round += 1) {
    assert.ok(round < MAX_ROUNDS, `${inputs.length - ended.size} transfers never end`);
    const open = inputs.filter(({ reference }) => !ended.has(reference));
    const lines = [...open, ...open].map((transfer) => JSON.stringify({ transfer }));
    const reports: BatchReport[] = [];
    await runBatch(stack.client, Readable.from(lines), { concurrency: 24, perAccount: 8 }, (report) => {
      reports.push(report);
    });
    for (const report of reports) {
      assert.ok(['started', 'found'].includes(report.result), JSON.stringify(report));
      if (report.status === 'needsAttention') await retry(stack, report.workflowId!);
      else ended.set(report.workflowId!.split('/')[2]!, report);
    }
  }
  return ended;
}

async function retry({ client }: Stack, id: string): Promise<void> {
  const view = await client.caseView(id).catch(() => undefined);
  if (!view?.attention) return;
  const { attentionId } = view.attention;
  await client.resolveAttention(id, { attentionId, action: 'retry', by: 'op-1' }).catch(() => {});
}

async function checkBooks(
  finhub: FinHub,
  payers: Payer[],
  inputs: TransferInput[],
  reports: Map<string, BatchReport>,
): Promise<string> {
  // What was reserved for orders that were never executed lapses.
  await finhub.moveClockTo(new Date(Date.now() + 3600_000));
  const orders = await finhub.table<OrderRow>('orders');
  const wallets = await finhub.table<WalletRow>('wallets');
  assert.ok(await finhub.isBalanced(), 'the postings add up and agree with the wallets');

  const balances = new Map(payers.map(({ iban }) => [iban, OPENING_CENTS]));
  const ibanOf = new Map(payers.map(({ accountId, iban }) => [accountId, iban]));
  for (const { reference, accountId, amount, beneficiaryIban } of inputs) {
    const own = orders.filter((order) => order.reference === reference);
    const executed = own.filter(({ status }) => !['READY', 'EXPIRED'].includes(status));
    assert.equal(executed.length, 1, `${reference} was executed ${executed.length} times`);
    const [order] = executed as [OrderRow];
    const told = reports.get(reference)!.status;
    assert.equal(told, order.status.toLowerCase(), `${reference} is reported as the books have it`);
    const cents = BigInt(amount.value.replace('.', ''));
    assert.deepEqual([BigInt(order.amount), order.accountId, order.targetIban], [cents, accountId, beneficiaryIban]);
    if (told !== 'completed') continue;
    const from = ibanOf.get(accountId)!;
    balances.set(from, balances.get(from)! - cents);
    if (balances.has(beneficiaryIban)) balances.set(beneficiaryIban, balances.get(beneficiaryIban)! + cents);
  }
  assert.equal(new Set(orders.map(({ reference }) => reference)).size, inputs.length, 'nobody else was paid');
  for (const [iban, expected] of balances) {
    const wallet = wallets.find((candidate) => candidate.iban === iban)!;
    assert.deepEqual([BigInt(wallet.available), wallet.blocked], [expected, 0], `the balance of ${iban}`);
  }
  const completed = [...reports.values()].filter(({ status }) => status === 'completed').length;
  return `${inputs.length} transfers, ${completed} completed, ${orders.length} orders prepared`;
}
