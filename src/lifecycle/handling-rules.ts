import { resolve } from './resolution.js';
import type { CaseState } from './case-state.js';
import { extend, timeOf } from './deadlines.js';
import { accept, refuse, type HandlingMessage } from './messages.js';
import { worksFor } from './policy.js';
import { SECOND_PERSON } from './proof-rules.js';
import type { Rules } from './rulings.js';

/** What the messages do that handle a case of any kind. */
export const HANDLING_RULES: Rules<CaseState, HandlingMessage> = {
  resolveAttention: (state, resolution, given) => {
    const { changes, answer } = resolve(state, resolution);
    const agreed = answer.accepted && resolution.attentionId.startsWith(SECOND_PERSON);
    return [agreed ? { ...changes, agreed: { body: resolution, proof: given.envelope } } : changes, answer];
  },

  claim: (state, { by }) =>
    state.assignee === undefined || state.assignee === by
      ? [{ assignee: by }, accept('applied', 'the case is yours')]
      : [{}, refuse('AlreadyClaimed', `${state.assignee} has the case`)],

  release: (state, { by }) =>
    state.assignee === by
      ? [{ assignee: undefined }, accept('applied', 'the case is free')]
      : [{}, refuse('NotAllowed', 'only the operator who claimed the case can release it')],

  assign: (state, { to }, { operators }) => {
    const assignee = operators.get(to);
    if (!assignee) return [{}, refuse('UnknownOperator', `no operator "${to}" is known`)];
    if (!worksFor(assignee, state.application.tenantId)) {
      return [{}, refuse('WrongTenant', `${to} does not work for this tenant`)];
    }
    return [{ assignee: to }, accept('applied', `${to} has the case`)];
  },

  note: (state, { by, text }, { at }) => [
    { notes: [...state.notes, { at: at.toISOString(), by, text }].slice(-MAX_NOTES) },
    accept('applied', 'noted'),
  ],

  viewDocument: (state, { documentId }) => {
    const document = state.review.evidence.find((one) => one.documentId === documentId);
    if (!document)
      return [{}, refuse('NotAllowed', 'the case has no document with this id; `show` lists its documents')];
    return [{}, accept('applied', `looked at ${document.type} ${documentId}`)];
  },

  extend: (state, { until }, { at }) => {
    const time = Date.parse(until);
    const due = timeOf(state.deadlines, 'due') ?? timeOf(state.deadlines, 'expiry');
    if (due === undefined) return [{}, refuse('NotAllowed', 'nothing here has a deadline')];
    if (time <= at.getTime()) return [{}, refuse('NotAllowed', 'the new time must be in the future')];
    if (time <= Date.parse(due)) return [{}, refuse('NotAllowed', `it is already due later, at ${due}`)];
    if (time > at.getTime() + LONGEST_EXTENSION_MS)
      return [{}, refuse('NotAllowed', 'at most a year ahead is possible')];
    return [{ deadlines: extend(state.deadlines, new Date(until)) }, accept('applied', `due ${until}`)];
  },

  cancel: (state, request) =>
    state.kind === 'transfer' && state.transfer?.state === 'executing'
      ? [{}, refuse('NotAllowed', 'the order is being executed, which cannot be undone')]
      : [{ cancelRequest: request }, accept('applied', 'cancelled')],
};

const MAX_NOTES = 100;
const LONGEST_EXTENSION_MS = 366 * 24 * 3600_000;
