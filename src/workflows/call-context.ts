import type { CallFor } from '../activities/finhub-calls.js';
import type { Activities } from '../activities/index.js';
import { isOrganization, type Origin } from '../contract/application.js';
import { caseName, type CaseState, type LifecycleState } from '../lifecycle/case-state.js';
import { PHASES } from '../lifecycle/phases.js';
import type { Policy } from '../lifecycle/policy.js';
import { callsTo, routeTo, type Route } from './activities.js';

/** What every call takes from its case. */
export interface CallContext {
  readonly state: CaseState;
  readonly policy: Policy;
  kept(key: string): unknown;
}

/** What one call says beside its input. */
export interface CallPurpose {
  /** Made with the power tenant's rights. */
  actAs?: 'admin' | 'powerTenant';
  /** The customer's own act, where it differs from the application's. */
  origin?: Origin;
  /** Ids of this sort that the case has taken over already. */
  taken?: string[];
}

/** Where it is kept that a prepared order was not executed and never will be. */
export const lapsedKey = (of: string): string => `lapsed/${of}`;

function lapsedOrdersOf({ done }: CaseState): string[] | undefined {
  const lapsed = Object.entries(done).filter(([key]) => key.startsWith(lapsedKey('')));
  return lapsed.length === 0 ? undefined : lapsed.map(([, { result }]) => String(result));
}

/** Kept once a person said that no earlier run of the case has paid. */
export const EARLIER_RUNS = 'earlierRuns';

/** For whom and what a call is made, and with whose login. */
export function purposeOf(theCase: CallContext, key: string, options: CallPurpose): CallFor {
  const { state } = theCase;
  const { application, kind } = state;
  return {
    tenantId: application.tenantId,
    key: `${kind}/${application.tenantId}/${caseName(state)}/${key}`,
    // Not when this try was asked for: a workflow reset asks again, and a resumed case too.
    requestedAt: state.earlier?.since ?? state.startedAt,
    earlierRuns: state.earlier?.runs,
    origin: options.origin ?? application.origin,
    session: sessionOf(state),
    actAs: options.actAs,
    taken: options.taken,
    earlierRunsCleared: theCase.kept(EARLIER_RUNS) !== undefined,
    lapsedOrders: lapsedOrdersOf(state),
  };
}

/** The activities that make calls, by the case's policy. */
export function callsOf(theCase: CallContext, summary: string, maximumAttempts?: number): Activities {
  const { callSeconds, heartbeatSeconds } = theCase.policy;
  return callsTo(callSeconds, summary, {
    route: routeOf(theCase),
    heartbeatSeconds,
    ...(maximumAttempts && { maximumAttempts }),
  });
}

/** By the policy that was recorded: a workflow knows nothing else of its worker's configuration. */
export function routeOf({ policy, state }: CallContext): Route {
  return routeTo(policy.callsQueue, state.application.tenantId);
}

/** What Temporal's UI shows beside the operation: the phase it belongs to, and what it is about. */
export function summaryOf({ kind, phases }: CaseState, of?: string): string {
  const phase = phases.find(({ state }) => state === 'active')?.name;
  const title = PHASES[kind].find(({ name }) => name === phase)?.title ?? kind;
  return of === undefined ? title : `${title}: ${of}`;
}

/** The customer's login; the password stays sealed until an activity opens it. */
export function loginOf({ application, finhub, kind }: LifecycleState) {
  const username = isOrganization(application) ? application.organization.email : application.person.email;
  return { kind, customerId: finhub.customerId!, userId: finhub.userId!, username, password: application.password };
}

/**
 * The login that the case acts with: the customer's own during onboarding. Organizations (S0: activation takes admin headers) and everything
 * after onboarding act through the tenant's admin, so that nothing depends on a password that the customer may have changed.
 */
function sessionOf(state: CaseState): CallFor['session'] {
  switch (state.kind) {
    case 'individual':
    case 'organization':
      return state.finhub.facts.includes('session') ? loginOf(state) : undefined;
    case 'transfer':
    case 'customer':
    case 'call':
      return undefined;
  }
}
