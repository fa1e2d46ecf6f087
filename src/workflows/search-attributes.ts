import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';
import { upsertSearchAttributes } from '@temporalio/workflow';
import type { AnyCaseState } from '../lifecycle/case-state.js';
import { timeOf } from '../lifecycle/deadlines.js';
import { SEARCH_ATTRIBUTES, type SearchAttributeName } from '../lifecycle/search-attributes.js';
import { statusWord } from '../lifecycle/status.js';

type Values = Record<SearchAttributeName, string | boolean | Date | null>;

const NAMES = Object.keys(SEARCH_ATTRIBUTES) as SearchAttributeName[];

/** What Temporal's lists show of a case. Each upsert is an event, so only what changed is written. */
export class SearchAttributes {
  #shown: Partial<Record<SearchAttributeName, string>>;

  /** The starter sets kind, tenant and the first status. */
  constructor(state: AnyCaseState) {
    const { LifecycleKind, FinHubTenant } = valuesOf(state);
    this.#shown = { LifecycleKind: JSON.stringify(LifecycleKind), FinHubTenant: JSON.stringify(FinHubTenant) };
  }

  update(state: AnyCaseState): void {
    const values = valuesOf(state);
    const changed = NAMES.filter((name) => (this.#shown[name] ?? 'null') !== JSON.stringify(values[name]));
    if (changed.length === 0) return;
    for (const name of changed) this.#shown[name] = JSON.stringify(values[name]);
    upsertSearchAttributes(changed.map((name) => pair(name, values[name])));
  }
}

function pair(name: SearchAttributeName, value: Values[SearchAttributeName]): SearchAttributePair {
  return { key: defineSearchAttributeKey(name, SEARCH_ATTRIBUTES[name]), value } as SearchAttributePair;
}

function valuesOf(state: AnyCaseState): Values {
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
    RiskLevel: state.risk ?? null,
    ReviewLevel: open ? (review.rules?.level ?? null) : null,
    ReviewAssignee: state.assignee ?? null,
    ReviewDueAt: open && dueAt !== undefined ? new Date(dueAt) : null,
    NeedsAttention: state.attention !== undefined,
  };
}
