import { activityInfo, cancellationSignal } from '@temporalio/activity';
import type { z } from 'zod';
import { CATALOGUE, type Catalogue, type OperationName } from '../finhub/catalogue/index.js';
import type { FinHubClient } from '../finhub/client.js';
import type { Credentials, Endpoint } from '../finhub/endpoint.js';
import { FinHubError } from '../finhub/error.js';
import { isExclusive, perform, type Performed } from '../finhub/perform.js';
import type { Categorization, Origin } from '../contract/application.js';
import { riskIn, type Category } from '../lifecycle/categorization.js';
import { WORKFLOW_TYPES } from '../lifecycle/ids.js';
import type { RiskLevel } from '../lifecycle/policy.js';
import type { Warrant } from '../lifecycle/warrants.js';
import type { OrderLog } from '../store/order-log.js';
import { failing } from './failure.js';
import type { Judge } from './judge.js';
import { exclusive } from './lease.js';
import { noteBegun } from './noted-orders.js';
import type { Secrets } from './secrets.js';

/** On whose behalf a workflow requests a call; plain data. */
export interface CallFor {
  tenantId: string;
  /** The key of the call: the same over retries, resets and continue-as-new. */
  key: string;
  /** When the case first wanted this, ISO 8601. */
  requestedAt: string;
  origin?: Origin | undefined;
  /** The customer's login; its password is sealed. */
  session?: Credentials | undefined;
  actAs?: 'admin' | 'powerTenant' | undefined;
  /** Ids that the case already took over. */
  taken?: string[] | undefined;
  /** Runs of the case that ended from outside before it was resumed. */
  earlierRuns?: readonly string[] | undefined;
  /** Prepared orders of the case that were not executed and never will be. */
  lapsedOrders?: readonly string[] | undefined;
  /** An operator has confirmed that no earlier run of the case paid. */
  earlierRunsCleared?: boolean | undefined;
  /** An earlier activity or run may have made the call, and nobody has looked since. */
  mayRepeat?: boolean | undefined;
  /** Like {@link mayRepeat}, but stays true after somebody has looked. */
  mayBeOurs?: boolean | undefined;
}

/** A call as a workflow requests it. Sealed texts in the input are opened only here. */
export interface FinHubCall<I> {
  input: I;
  for: CallFor;
  /** The proof of entitlement, for calls that need rights; judged right before the call. */
  warrant?: Warrant | undefined;
}

/**
 * Operations with activities of their own: sessions belong to this process, documents are passed by reference, a registration needs
 * categorization first, and preparing an order needs a look at the case's earlier runs.
 */
const UNLISTED = [
  'openCustomerSession',
  'openOrganizationSession',
  'openAdminSession',
  'closeCustomerSession',
  'closeOrganizationSession',
  'closeAdminSession',
  'registerIndividual',
  'registerOrganization',
  'uploadDocument',
  'prepareOrder',
] as const satisfies OperationName[];
export type CallableOperation = Exclude<OperationName, (typeof UNLISTED)[number]>;

type InputOf<E> = E extends { request: z.ZodType<infer I> } ? I : never;
type ResultOf<E> = E extends { response: z.ZodType<infer R> } ? R : never;

/** The result of a call, and the number of tries it took; earlier tries were refused for the time being, or unclear. */
export interface CallResult<R> extends Performed<R> {
  tries: number;
}

/** The activity that calls an endpoint. */
export type ActivityOf<Op extends OperationName> = (
  call: FinHubCall<InputOf<Catalogue[Op]>>,
) => Promise<CallResult<ResultOf<Catalogue[Op]>>>;

/** One activity per endpoint, named after its operation. */
export type FinHubActivities = { [Op in CallableOperation]: ActivityOf<Op> };

/** Calls an endpoint as the running activity. */
export async function callAsActivity<I, R>(
  client: FinHubClient,
  rules: CallRules,
  endpoint: Endpoint<I, R>,
  call: FinHubCall<I>,
): Promise<CallResult<R>> {
  const { input, for: purpose } = call;
  const { secrets } = rules;
  return failing(endpoint, client, purpose.tenantId, async () => {
    const signal = cancellationSignal();
    const alone = isExclusive(endpoint) ? exclusive(endpoint.operation, client.timeoutMs, signal) : undefined;
    // Other calls leave no report of their earlier attempts.
    const mayHaveBeenTried = (alone ? alone.mayHaveBeenTried : isAnotherAttempt()) || purpose.mayRepeat === true;
    const performed = await perform(client, endpoint, secrets.openAll(input), {
      ...secrets.openAll(purpose),
      taken: purpose.taken ?? [],
      mayHaveBeenTried,
      mayBeOurs: mayHaveBeenTried || purpose.mayBeOurs === true,
      judge: () => judged(client, rules, endpoint, call),
      waitUntilQuiet: alone?.waitUntilQuiet,
      lease: alone?.lease,
      signal,
    }).catch(async (error: unknown) => {
      await alone?.failed(error);
      if (error instanceof FinHubError) {
        // FinHub refused earlier tries, too, unless one of them is the obstacle: a reservation.
        const isRefused =
          error.kind === 'invalidRequest' &&
          error.operation === endpoint.operation &&
          endpoint.idempotency.class !== 'expiring';
        error.earlierUnclear = mayHaveBeenTried && !isRefused;
      }
      throw error;
    });
    const result = secrets.sealFields(performed.result, endpoint.secrets);
    return { ...performed, result, tries: activityInfo().attempt };
  });
}

/** Whether this is not the first attempt. Counts from 1 again after an activity reset. */
function isAnotherAttempt(): boolean {
  const { attempt, scheduledTimestampMs, currentAttemptScheduledTimestampMs } = activityInfo();
  return attempt > 1 || currentAttemptScheduledTimestampMs > scheduledTimestampMs;
}

/** Reads an endpoint inside the running activity. The caller turns errors into failures ({@link failing}). */
export function readInActivity<I, R>(
  client: FinHubClient,
  secrets: Secrets,
  endpoint: Endpoint<I, R>,
  { input, for: purpose }: FinHubCall<I>,
): Promise<R> {
  return client.call(endpoint, input, {
    ...secrets.openAll(purpose),
    key: `${purpose.key}/${activityInfo().attempt}`,
    signal: cancellationSignal(),
  });
}

/** The tenant's categories as FinHub has them now, read as the tenant's admin. */
export async function categoriesOf(client: FinHubClient, secrets: Secrets, purpose: CallFor): Promise<Category[]> {
  const call = { input: { tenantId: purpose.tenantId }, for: { ...purpose, actAs: undefined } };
  return (await readInActivity(client, secrets, CATALOGUE.getCategorizationHierarchy, call)).categories;
}

async function categoryRisk(
  client: FinHubClient,
  secrets: Secrets,
  categorization: Categorization | undefined,
  purpose: CallFor,
): Promise<RiskLevel | null> {
  if (!categorization) return null;
  return riskIn(await categoriesOf(client, secrets, purpose), categorization);
}

/** What calls need besides FinHub itself. */
export interface CallRules {
  secrets: Secrets;
  judge: Judge;
  orders: OrderLog;
}

/** Judges a call that needs rights by its warrant. @throws ApplicationFailure `NotProved` */
async function judged<I, R>(
  client: FinHubClient,
  { judge, secrets, orders }: CallRules,
  { operation, idempotency }: Endpoint<I, R>,
  call: FinHubCall<I>,
): Promise<void> {
  const { input, for: purpose, warrant } = call;
  const { tenantId } = purpose;
  if (activityInfo().workflowType === WORKFLOW_TYPES.call) {
    const facts = { effect: idempotency.class === 'safe' ? 'read' : 'write' } as const;
    return judge.call(tenantId, operation, facts, warrant?.for === 'call' ? warrant : undefined);
  }
  if (operation === 'decideVerificationAtFinHub') {
    const { status, customerId, verificationId } = input as Record<'status' | 'customerId' | 'verificationId', string>;
    const decision = warrant?.for === 'decision' ? warrant : undefined;
    return judge.decision(tenantId, status, { customerId, verificationId }, decision, (categorization) =>
      categoryRisk(client, secrets, categorization, purpose),
    );
  }
  if (operation === 'addBeneficiary' && activityInfo().workflowType === WORKFLOW_TYPES.customer) {
    const wanted = input as { iban: string; name: string };
    return judge.beneficiary(tenantId, wanted, warrant?.for === 'request' ? warrant : undefined);
  }
  if (operation === 'executeOrder') {
    const order = input as { accountId: string; preparedOrderId: string };
    const warranted = warrant?.for === 'order' ? warrant : undefined;
    await judge.order(tenantId, order, warranted);
    // The last thing before money moves: whoever has forgotten this execution finds it here.
    if (warranted) await noteBegun(orders, { tenantId, ...warranted.order }, order.preparedOrderId);
  }
}

/** The activities of the catalogue. */
export function finHubActivities(client: FinHubClient, rules: CallRules): FinHubActivities {
  const callable = Object.entries(CATALOGUE).filter(
    ([operation]) => !(UNLISTED as readonly string[]).includes(operation),
  );
  return Object.fromEntries(
    callable.map(([operation, endpoint]) => [
      operation,
      (call: FinHubCall<unknown>) => callAsActivity(client, rules, endpoint as Endpoint<unknown, unknown>, call),
    ]),
  ) as FinHubActivities;
}
