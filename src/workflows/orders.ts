import { CancellationScope, CancelledFailure, condition, sleep } from '@temporalio/workflow';
import type { Money } from '../lifecycle/application.js';
import type { CaseState, TransferRecord } from '../lifecycle/case-state.js';
import { type CallFailure, FAILURES, type FieldError } from '../lifecycle/failures.js';
import { moneyText } from '../lifecycle/money.js';
import { nextStep, standingOf, type OrderReading } from '../lifecycle/orders.js';
import { EARLIER_RUNS } from './call-context.js';
import type { Case } from './case.js';
import { CallFailed, Ending } from './endings.js';
import { orderWarrant } from './warrants.js';
import { needsPerson, UNANSWERED } from './attention.js';
import { resultDropped, transferTracked } from '../lifecycle/transitions.js';

/** An order as FinHub is asked for it. */
export interface OrderRequest {
  type: 'transfer' | 'topup';
  accountId: string;
  /** Of the account. */
  iban: string;
  description: string;
  amount: Money;
  counterparty: {
    name: string;
    iban: string;
    beneficiaryId?: string | undefined;
    companyName?: string | undefined;
  };
  consentId?: string | undefined;
  /** Sealed. */
  authenticationCode?: string | undefined;
  /** The account's available balance before, as evidence where the outcome stays unknown. */
  availableBefore?: Money | undefined;
}

interface PreparedOrder {
  preparedOrderId: string;
  validUntil?: string | undefined;
  fees?: Money | undefined;
}

export interface SettledOrder {
  status: 'completed' | 'failed';
  reason?: string | undefined;
}

export interface OrderOptions {
  /** Makes the request for each order that is prepared, when nothing known stands against it. */
  request: () => Promise<OrderRequest>;
  /** The customer is asked between preparing and executing. */
  confirmation?: boolean | undefined;
  /** Throws where the order is no longer asked for as it was; asked before each try to prepare it. */
  stillAsked?: () => void;
}

/** What FinHub says no to, or was never sent, so that it had no effect. A conflict may be our own try that is still running. */
const REFUSALS: ReadonlySet<string> = new Set([
  FAILURES.invalidRequest,
  FAILURES.unsendable,
  FAILURES.forbidden,
  FAILURES.notFound,
]);
const MAX_CONFLICTS = 3;

/**
 * A reservation whose answer was lost has lapsed by then: FinHub's pages speak of 15 minutes, and of two to three hours (facts §15.7). Whether it
 * has is tried every so often.
 */
const LAPSED_AFTER_MS = 3 * 3600_000;
const TRY_AGAIN_AFTER_MS = 16 * 60_000;

/**
 * Moves money once. Preparing reserves it, executing spends the prepared order, and the order is followed until FinHub has settled it. There
 * is another prepared order only when the last one is known not to have been executed and never will be.
 */
export async function settleOrder(
  kase: Case<CaseState>,
  reference: string,
  { request, confirmation = false, stillAsked = () => {} }: OrderOptions,
): Promise<SettledOrder> {
  for (let generation = 1; ; generation += 1) {
    const of = generation === 1 ? reference : `${reference}/${generation}`;
    if (kase.kept(`lapsed/${of}`)) continue;
    const made = await prepare(kase, reference, of, { request, stillAsked });
    if ('status' in made) return recorded(kase, reference, made);
    const { order, prepared, begun } = made;
    if (confirmation && !begun) await confirmed(kase, prepared);
    if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('cancelled before it was executed');
    const settled = await CancellationScope.nonCancellable(() => spend(kase, reference, of, order, prepared));
    if (settled) return recorded(kase, reference, settled);
    kase.keep(`lapsed/${of}`, true);
    kase.record('orderLapsed', { reference, orderId: prepared.preparedOrderId });
    track(kase, { state: 'running', orderId: undefined, validUntil: undefined });
  }
}

/** What is executed next; `begun` where a run before a workflow reset did so already. */
interface Preparation {
  order: OrderRequest;
  prepared: PreparedOrder;
  begun: boolean;
}

/**
 * Prepares the order. A repeat leaves a reservation that lapses by itself; the request is made anew each time, for it may have changed. What
 * a run before a workflow reset may have paid and nothing can tell is a person's to say.
 */
async function prepare(
  kase: Case<CaseState>,
  reference: string,
  of: string,
  { request, stillAsked }: Required<Pick<OrderOptions, 'request' | 'stillAsked'>>,
): Promise<Preparation | SettledOrder> {
  const key = `prepareOrder/${of}`;
  let told = isAsked(kase, key) ? await answerTo(kase, key, 'prepareOrder') : undefined;
  /** What our own reservation may hold up; it is not made anew, since the balance lacks what is reserved. */
  let held: OrderRequest | undefined;
  for (;;) {
    if (told === 'notExecuted') kase.keep(EARLIER_RUNS, told);
    else if (told) return told;
    const order = kase.kept<OrderRequest>(`order/${of}`) ?? held ?? (await request());
    const { accountId, iban, type, description, amount, counterparty, consentId } = order;
    const input = { accountId, iban, type, reference, description, amount, counterparty, consentId };
    try {
      const asked = () => {
        stillAsked();
        return input;
      };
      const prepared = await kase.calls.once('prepareOrder', asked, {
        of,
        leave: ({ type }) => REFUSALS.has(type) || type === FAILURES.unclear,
      });
      kase.keep(`order/${of}`, order);
      const { preparedOrderId: orderId, fees, validUntil } = prepared;
      track(kase, { state: 'prepared', orderId, fees, validUntil });
      return { order, prepared, begun: kase.adopted(key) };
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      told = undefined;
      held = undefined;
      if (error.failure.earlierUnclear && (await mayLapse(kase, of))) held = order;
      else if (error.failure.type !== FAILURES.unclear) await needsPerson(kase, key, 'prepareOrder', error.failure);
      else told = await askOutcome(kase, key, 'prepareOrder', order, error.failure, []);
    }
  }
}

/** Waits while a reservation of ours, of which we have no answer, may hold what is asked for; false once it has lapsed for sure. */
async function mayLapse(kase: Case<CaseState>, of: string): Promise<boolean> {
  const key = `reserved/${of}`;
  const since = kase.kept<string>(key) ?? new Date().toISOString();
  const left = Date.parse(since) + LAPSED_AFTER_MS - Date.now();
  if (left <= 0) {
    kase.apply(resultDropped(key));
    return false;
  }
  kase.keep(key, since);
  const what = 'a reservation to lapse that may be our own: the answer to an earlier try was lost';
  const pause = Math.min(left, TRY_AGAIN_AFTER_MS);
  await kase.waiting('finhub', what, () => sleep(pause, { summary: 'then the order is prepared anew' }));
  return true;
}

/** Waits for the customer's word for as long as the prepared order is good. */
async function confirmed(kase: Case<CaseState>, { preparedOrderId, validUntil }: PreparedOrder): Promise<void> {
  const { state } = kase;
  const isConfirmed = (): boolean => state.kind === 'transfer' && state.confirmedOrderId === preparedOrderId;
  // The activity has read the time; one that it could not read is none.
  const end = Date.parse(validUntil ?? '');
  const left = Number.isNaN(end) ? undefined : Math.max(1, end - Date.now());
  const what = 'confirmation of the prepared order';
  const requirements = () => [
    { code: 'confirmation', message: `order ${preparedOrderId} waits for the customer's word`, dueAt: validUntil },
  ];
  const came = await kase.waiting(
    'customer',
    what,
    async () => (left === undefined ? condition(isConfirmed).then(() => true) : condition(isConfirmed, left)),
    requirements,
  );
  if (!came) throw new Ending('expired', 'the transfer was not confirmed while its prepared order was good');
}

/** Executes the prepared order and follows it; undefined where it was not executed and never will be. */
async function spend(
  kase: Case<CaseState>,
  reference: string,
  of: string,
  order: OrderRequest,
  prepared: PreparedOrder,
): Promise<SettledOrder | undefined> {
  track(kase, { state: 'executing' });
  const executed = await execute(kase, reference, of, order, prepared);
  if (executed === 'notExecuted') return undefined;
  return 'status' in executed ? executed : follow(kase, reference, order, executed.orderId);
}

function recorded(kase: Case<CaseState>, reference: string, settled: SettledOrder): SettledOrder {
  kase.record('orderSettled', { reference, ...settled });
  return settled;
}

/** Tries until it is known what became of the prepared order. No other order is prepared in here. */
async function execute(
  kase: Case<CaseState>,
  reference: string,
  of: string,
  order: OrderRequest,
  { preparedOrderId, validUntil }: PreparedOrder,
): Promise<{ orderId: string } | 'notExecuted' | SettledOrder> {
  const { accountId, type, consentId, authenticationCode } = order;
  const warrant = () => orderWarrant(kase.state, { type, reference, accountId });
  const input = { accountId, type, preparedOrderId, consentId, authenticationCode };
  const key = `executeOrder/${of}`;
  const told = isAsked(kase, key) ? await answerTo(kase, key, 'executeOrder') : undefined;
  if (told) return told;
  for (let repeats = 0; ; repeats += 1) {
    try {
      const { orderId = preparedOrderId } = await kase.calls.once('executeOrder', () => input, {
        of,
        warrant,
        leave: () => true,
      });
      track(kase, { orderId });
      return { orderId };
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      const { failure } = error;
      if (failure.type === FAILURES.unproved) {
        await needsPerson(kase, key, 'executeOrder', failure);
        repeats = -1;
        continue;
      }
      const refused = REFUSALS.has(failure.type) || (failure.type === FAILURES.conflict && repeats >= MAX_CONFLICTS);
      // FinHub may still be working on the last try; what is read before that shows nothing.
      if (!refused) await settling(kase, repeats);
      const read = await readOrder(kase, accountId, preparedOrderId);
      const step = nextStep({ order: read, refused, validUntil, repeats, now: new Date() });
      kase.record('orderRead', { order: of, status: read?.status, failure: failure.type, step });
      switch (step) {
        case 'follow':
          kase.keep(key, { orderId: preparedOrderId }, { how: 'adopted', proof: `FinHub's order is ${read!.status}` });
          return { orderId: preparedOrderId };
        case 'prepareAnew':
          return 'notExecuted';
        case 'repeat':
          continue;
        case 'askPerson': {
          const known = read !== undefined && standingOf(read) === 'notExecuted';
          const outcome = await ask(kase, key, order, failure, read, known);
          if (outcome) return outcome;
          repeats = -1;
        }
      }
    }
  }
}

const LONGEST_PAUSE_SECONDS = 300;

async function settling(kase: Case<CaseState>, repeats: number): Promise<void> {
  const seconds = Math.min(kase.policy.callSeconds * 2 ** repeats, LONGEST_PAUSE_SECONDS);
  await kase.waiting('finhub', 'what became of the last try', () =>
    sleep(seconds * 1000, { summary: 'FinHub may still be at work' }),
  );
}

async function readOrder(kase: Case<CaseState>, accountId: string, orderId: string): Promise<OrderReading | undefined> {
  try {
    return await kase.calls.read('getOrder', { accountId, orderId }, { leave: isUnreadable });
  } catch (error) {
    if (error instanceof CallFailed) return undefined;
    throw error;
  }
}

const isUnreadable = ({ type }: CallFailure): boolean =>
  type === FAILURES.notFound || type === FAILURES.unexpectedAnswer || type === FAILURES.invalidRequest;

/**
 * Puts the order before a person, with the evidence. Where nothing documented tells what became of it, their word counts: `outcome` is
 * `completed`, `failed` or `notExecuted`. Undefined is to try again.
 */
async function ask(
  kase: Case<CaseState>,
  key: string,
  order: OrderRequest,
  failure: CallFailure,
  read: OrderReading | undefined,
  isKnown: boolean,
): Promise<'notExecuted' | SettledOrder | undefined> {
  if (isKnown) {
    await needsPerson(kase, key, 'executeOrder', failure);
    return undefined;
  }
  const message = 'whether the order was executed is not known, and nothing that FinHub documents can tell';
  return askOutcome(kase, key, 'executeOrder', order, { type: FAILURES.unclear, message }, [
    { field: 'execute', message: failure.message },
    { field: 'order', message: read ? `FinHub's order is ${read.status}` : 'FinHub shows no such order' },
  ]);
}

/** Takes a person's word for what became of the order, with the balance now and before beside the evidence. */
async function askOutcome(
  kase: Case<CaseState>,
  key: string,
  operation: string,
  { accountId, availableBefore }: OrderRequest,
  { type, message }: CallFailure,
  evidence: FieldError[],
): Promise<'notExecuted' | SettledOrder | undefined> {
  const { available, blocked } = await kase.calls.read('getBalance', { accountId });
  const fieldErrors = [
    ...evidence,
    { field: 'balance', message: `${text(available)} available, ${text(blocked)} blocked` },
    { field: 'balanceBefore', message: `${text(availableBefore)} available` },
  ];
  const missing = [{ code: 'outcome', message }];
  return answerTo(kase, key, operation, { type, message, fieldErrors, missing });
}

/** Whether the run before this one has left the question what became of an order with a person. */
function isAsked({ state: { attention } }: Case<CaseState>, key: string): boolean {
  return attention?.key === key && attention.adopts.includes('outcome');
}

/** Puts the question what became of an order, unless an earlier run did; undefined is to try again. */
async function answerTo(
  kase: Case<CaseState>,
  key: string,
  operation: string,
  question: CallFailure = UNANSWERED,
): Promise<'notExecuted' | SettledOrder | undefined> {
  const resolution = await needsPerson(kase, key, operation, question, ['outcome']);
  const outcome = resolution?.adopt?.['outcome'];
  if (outcome === 'notExecuted') return outcome;
  const reason = `on the word of ${resolution?.by}`;
  return outcome === 'completed' || outcome === 'failed' ? { status: outcome, reason } : undefined;
}

/** Follows an executed order to its end; one that FinHub loses sight of goes to a person. */
async function follow(
  kase: Case<CaseState>,
  reference: string,
  order: OrderRequest,
  orderId: string,
): Promise<SettledOrder> {
  const { type, accountId } = order;
  const key = `executeOrder/${reference}/settlement`;
  let told = isAsked(kase, key) ? await answerTo(kase, key, 'executeOrder') : undefined;
  for (;;) {
    if (told && told !== 'notExecuted') return told;
    const read = await kase.waiting('finhub', `${type} ${reference} to be settled`, () =>
      settled(kase, order, orderId),
    );
    const standing = 'status' in read ? standingOf(read) : 'unknown';
    if (standing === 'completed') return { status: 'completed' };
    if (standing === 'failed') return { status: 'failed', reason: 'status' in read ? read.reason : undefined };
    const failure =
      'status' in read ? { type: 'OrderState', message: `the executed order is ${read.status}` } : read.failure;
    const now = await readOrder(kase, accountId, orderId);
    told = await ask(kase, key, order, failure, now, false);
  }
}

async function settled(
  kase: Case<CaseState>,
  { type, accountId }: OrderRequest,
  orderId: string,
): Promise<{ status: string; reason?: string | undefined } | { failure: CallFailure }> {
  try {
    return await kase.calls.poll(
      'awaitOrder',
      { accountId, orderId },
      { every: 1, slowest: 60, summary: `follows the ${type}`, leave: isUnreadable },
    );
  } catch (error) {
    if (error instanceof CallFailed) return { failure: error.failure };
    throw error;
  }
}

/** A lifecycle's own funding is no transfer. */
function track(kase: Case<CaseState>, change: Partial<TransferRecord>): void {
  if (kase.state.kind === 'transfer') kase.apply(transferTracked(change));
}

const text = (money: Money | undefined): string => (money ? moneyText(money) : 'unknown');
