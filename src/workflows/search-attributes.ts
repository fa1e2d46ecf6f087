import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';
import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { isLifecycle, payingAccountOf, transferOf, type CaseState, type Waiter } from '../lifecycle/case-state.js';
import { timeOf } from '../lifecycle/deadlines.js';
import {
  SEARCH_ATTRIBUTES,
  type SearchAttributeName,
  type SearchAttributeValues,
} from '../lifecycle/search-attributes.js';
import { statusWord } from '../lifecycle/status.js';

type Values = Omit<Required<SearchAttributeValues>, 'WaitingSince' | 'SearchTokens'> &
  Pick<SearchAttributeValues, 'SearchTokens'>;

const NAMES = Object.keys(SEARCH_ATTRIBUTES) as SearchAttributeName[];

/** With any of these, what is waited for is new. */
const PROGRESS: readonly SearchAttributeName[] = ['LifecyclePhase', 'LifecycleStatus', 'WaitingFor'];

/** What Temporal's lists show of a case. Each upsert is an event, so only what changed is written. */
export class SearchAttributes {
  readonly #shown: Record<string, string>;

  /** The starter set some; a new run goes on with those of the last one. */
  constructor() {
    const { typedSearchAttributes } = workflowInfo();
    this.#shown = Object.fromEntries(
      NAMES.map((name) => [name, JSON.stringify(typedSearchAttributes.get(keyOf(name)))]),
    );
  }

  /** @param passing the case goes on by itself: a phase that it only passes through is not worth an event */
  update(state: CaseState, { passing = false } = {}): void {
    const values = valuesOf(state);
    const changed = Object.fromEntries(
      Object.entries(values).filter(([name, value]) => (this.#shown[name] ?? 'null') !== JSON.stringify(value)),
    ) as SearchAttributeValues;
    const names = Object.keys(changed) as SearchAttributeName[];
    if (names.length === 0 || (passing && names.every((name) => name === 'LifecyclePhase' || name === 'FinHubIds')))
      return;
    if (names.some((name) => PROGRESS.includes(name))) {
      changed.WaitingSince = values.WaitingFor === null ? null : new Date();
    }
    for (const [name, value] of Object.entries(changed)) this.#shown[name] = JSON.stringify(value);
    upsertSearchAttributes(pairsOf(changed));
  }
}

/** Values as the SDK's workflow takes them. */
export function pairsOf(values: SearchAttributeValues): SearchAttributePair[] {
  return (Object.entries(values) as [SearchAttributeName, unknown][]).map(
    ([name, value]) => ({ key: keyOf(name), value }) as SearchAttributePair,
  );
}

export function keyOf<Name extends SearchAttributeName>(name: Name) {
  return defineSearchAttributeKey<(typeof SEARCH_ATTRIBUTES)[Name]>(name, SEARCH_ATTRIBUTES[name]);
}

function valuesOf(state: CaseState): Values {
  const { review } = state;
  const open = review.stage === 'inReview';
  const dueAt = timeOf(state.deadlines, 'due');
  return {
    LifecycleKind: state.kind,
    LifecyclePhase: state.phases.find((phase) => phase.state === 'active')?.name ?? null,
    // A look at FinHub is no state worth two events; waiting for people is.
    LifecycleStatus:
      state.waitingOn?.who === 'finhub' ? statusWord({ ...state, waitingOn: undefined }) : statusWord(state),
    FinHubTenant: state.application.tenantId,
    RiskLevel: (isLifecycle(state) ? state.risk : undefined) ?? null,
    ReviewLevel: open ? (review.rules?.level ?? null) : null,
    ReviewAssignee: state.assignee ?? null,
    ReviewDueAt: open && dueAt !== undefined ? new Date(dueAt) : null,
    NeedsAttention: state.attention !== undefined,
    WaitingFor: waitingFor(state),
    FinHubIds: finHubIds(state),
    // Those of the start are there already.
    ...(isLifecycle(state) && state.searchTokens && { SearchTokens: [...state.searchTokens] }),
  };
}

/** By what webhooks find the case. A customer's case waits for nothing that a webhook tells. */
function finHubIds(state: CaseState): string[] | null {
  if (state.kind === 'customer') return null;
  const { customerId, verificationId, accountId = payingAccountOf(state) } = state.finhub;
  const ids = [customerId, verificationId, accountId, transferOf(state)?.orderId].filter((id) => id !== undefined);
  return ids.length > 0 ? ids : null;
}

/** Whose turn it is: where no person's, FinHub's, since the rest takes us no time. A customer's upkeep is no turn of anybody's. */
function waitingFor({ kind, outcome, attention, waitingOn }: CaseState): Waiter | null {
  if (outcome) return null;
  if (attention) return 'operator';
  return kind === 'customer' ? null : (waitingOn?.who ?? 'finhub');
}
