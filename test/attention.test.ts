import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { byUrgency } from '../src/client/list.js';
import type { CaseSummary } from '../src/client/index.js';
import { decisionText, nextCommands } from '../src/cli/case-text.js';
import { queueText } from '../src/cli/queue-text.js';
import { resolve } from '../src/lifecycle/resolution.js';
import { adviceFor, byHelp, helpsOf, reasonFor } from '../src/lifecycle/attention.js';
import { FAILURE_NAMES } from '../src/lifecycle/attention-causes.js';
import { newCase } from '../src/lifecycle/new-case.js';
import type { Attention, LifecycleState, PhaseRecord } from '../src/lifecycle/case-state.js';
import { ATTENTION_ACTIONS } from '../src/lifecycle/messages.js';
import { caseViewOf, statusOf } from '../src/lifecycle/status.js';
import { decision } from './helpers/decision.js';
import { anIndividual, anOrganization } from './helpers/applications.js';

async function caseIn(phase: string, kind: 'individual' | 'organization' = 'individual'): Promise<LifecycleState> {
  const application = kind === 'individual' ? await anIndividual() : await anOrganization();
  const whole = { ...application, tenantId: 't', documents: [] } as unknown as LifecycleState['application'];
  const state = newCase(kind, whole, new Date());
  const at = state.phases.findIndex(({ name }) => name === phase);
  assert.ok(at >= 0, phase);
  const phases = state.phases.map((entry, index): PhaseRecord => {
    if (index > at) return entry;
    return { ...entry, state: index === at ? 'active' : 'completed' };
  });
  return { ...state, phases };
}

function attention(failure: string, options: Attention['options'] = ['retry', 'abort']): Attention {
  const named = { attentionId: 'x-1', key: 'x', operation: 'x', message: 'm', since: '2026-01-01T00:00:00Z' };
  return { ...named, failure, fieldErrors: [], options: byHelp(failure, options), adopts: [] };
}

describe('what needs attention', () => {
  test('has, for every failure, a reason for the backend, advice for operators, and nothing but what is possible', async () => {
    const state = await caseIn('verification');
    for (const failure of [...FAILURE_NAMES, 'SomethingNew']) {
      const one = attention(failure, [...ATTENTION_ACTIONS]);
      assert.ok(reasonFor(one).length > 10 && adviceFor(state, one).length > 10, failure);
      // The customer's backend learns nothing of a suspicion.
      assert.doesNotMatch(reasonFor(one), /screen|sanction|PEP|flagged|suspic|prohibit/i, failure);
      const helps = helpsOf(state, one);
      assert.deepEqual([...helps].sort(), [...ATTENTION_ACTIONS].sort(), failure);
      assert.deepEqual(helps, one.options, failure);
    }
  });

  test('what became of an order is told in one of three words, and in no other', async () => {
    const asked = { ...attention('OrderState', ['adopt', 'abort']), adopts: ['outcome'] };
    const state = { ...(await caseIn('payments')), attention: asked };
    const told = (outcome: string) =>
      resolve(state, { attentionId: 'x-1', by: 'op-1', action: 'adopt', adopt: { outcome } }).answer;
    for (const outcome of ['completed', 'failed', 'notExecuted']) assert.ok(told(outcome).accepted, outcome);
    assert.equal(told('yes').detail, "an order's outcome is one of completed, failed, notExecuted");
  });

  test('is helped by a correction first, where FinHub refuses what the application says and can still be told otherwise', async () => {
    const named = {
      FinHubInvalidRequest: 'directors',
      CategorizationInvalid: 'directors',
      SharesIncomplete: 'shareholders',
    };
    for (const [failure, part] of Object.entries(named)) {
      const state = { ...(await caseIn('personnel', 'organization')), attention: attention(failure) };
      const view = caseViewOf(state, new Date());
      assert.equal(view.attention?.helps[0], 'correct');
      assert.ok(
        /^starter -- correct .*/.test(nextCommands(view)[0]!) && nextCommands(view)[0]!.includes(`{"${part}":`),
      );
      assert.deepEqual(statusOf(state, new Date()).attention?.correctable, ['directors', 'shareholders', 'employees']);
    }
    const state = { ...(await caseIn('registration')), attention: attention('CategorizationInvalid') };
    assert.match(nextCommands(caseViewOf(state, new Date()))[0]!, /"categorization":/);
  });

  test('is not helped by a correction in a phase that sends nothing of the application, and says so', async () => {
    const state = { ...(await caseIn('verification')), attention: attention('FinHubInvalidRequest') };
    const view = caseViewOf(state, new Date());
    assert.deepEqual(view.attention?.helps, ['retry', 'abort']);
    assert.match(view.attention.advice, /a correction cannot change it in phase verification/);
    assert.deepEqual(view.attention?.correctable, []);
  });

  test('is no matter of adopting ids where FinHub has decided otherwise', async () => {
    const advice = adviceFor(await caseIn('verification'), attention('FinHubConflict'));
    assert.ok(!advice.includes('adopt') && advice.includes('change it in FinHub'), advice);
    const order = { ...attention('FinHubUnclear'), adopts: ['outcome'] };
    assert.match(adviceFor(await caseIn('payments'), order), /completed, failed or notExecuted/);
  });

  test('offers nothing once the case is over', async () => {
    const begun = await caseIn('verification');
    const state: LifecycleState = { ...begun, review: { ...begun.review, stage: 'inReview' } };
    assert.ok(nextCommands(caseViewOf(state, new Date())).length > 0);
    const over: LifecycleState = { ...state, outcome: { result: 'aborted', at: '2026-01-01T00:00:00Z' } };
    assert.deepEqual(nextCommands(caseViewOf(over, new Date())), []);
  });
});

test('an operator sees of an application what a decision needs, and no secret', async () => {
  const state = await caseIn('verification', 'organization');
  const { subject } = caseViewOf(state, new Date());
  const text = JSON.stringify(subject);
  const application = await anOrganization();
  for (const { lastName, dateOfBirth, address } of application.directors) {
    for (const part of [lastName!, dateOfBirth, address.street]) assert.ok(text.includes(part), part);
  }
  for (const { ownershipPercentage } of application.shareholders) assert.ok(text.includes(ownershipPercentage));
  assert.ok(text.includes(application.organization.legalName) && text.includes('beneficiaries'));
  assert.ok(!text.includes(application.password) && !text.includes('password'));
});

test('of several approvals one has to be of the level, and the others may be below it', () => {
  const approvals = [{ operatorId: 'op-1', level: 'TENANT' as const, decisionId: 'd', sent: { decision: decision() } }];
  const text = decisionText({ decision: { level: 'POWER_TENANT', quorum: 2, approvals } })!;
  assert.match(text, /2 approvals by different people, one of them of level POWER_TENANT; a TENANT operator's counts/);
  assert.match(text, /approved by: op-1 \(TENANT\)/);
});

describe('the queue', () => {
  const NOW = new Date('2026-06-01T12:00:00Z');
  const row = (name: string, patch: Partial<CaseSummary> = {}): CaseSummary => ({
    ...{ workflowId: `individual/tenant/${name}`, kind: 'individual', tenantId: 'tenant', phase: 'verification' },
    ...{
      status: 'waiting',
      riskLevel: 'LOW',
      reviewLevel: 'TENANT',
      assignee: null,
      dueAt: '2026-06-04T00:00:00.000Z',
    },
    ...{ waitingFor: 'operator', waitingSince: '2026-06-01T00:00:00.000Z', needsAttention: false },
    ...{ startedAt: '2026-05-20T00:00:00.000Z', readable: true },
    ...patch,
  });

  test('has the overdue first, then what needs attention, high risk, and what is due first, however they come', () => {
    const none = { reviewLevel: null, dueAt: null };
    const wanted = [
      row('very-late', { dueAt: '2026-05-25T00:00:00.000Z' }),
      row('late', { dueAt: '2026-05-31T00:00:00.000Z' }),
      row('stuck-long', { ...none, needsAttention: true, waitingSince: '2026-05-28T00:00:00.000Z' }),
      row('stuck', { ...none, needsAttention: true }),
      row('high', { riskLevel: 'HIGH', reviewLevel: 'POWER_TENANT' }),
      row('soon', { dueAt: '2026-06-02T00:00:00.000Z' }),
      row('later'),
      row('nobody', { ...none, riskLevel: 'HIGH' }),
    ];
    for (let turn = 0; turn < wanted.length; turn += 1) {
      const shuffled = [...wanted.slice(turn), ...wanted.slice(0, turn)].reverse();
      assert.deepEqual(byUrgency(shuffled, NOW), wanted);
    }
  });

  test('fits 100 columns and names cases as the commands take them', () => {
    const rows = [
      row('ind-2025-0001', { riskLevel: 'MEDIUM', reviewLevel: 'POWER_TENANT', assignee: 'somebody-with-a-long-name' }),
      row('o'.repeat(30), { readable: false }),
      row('late', { dueAt: '2026-01-01T00:00:00.000Z', needsAttention: true }),
    ];
    const text = queueText(rows, 'tenant', NOW);
    for (const line of text.split('\n')) assert.ok(line.length <= 100, line);
    assert.match(text, /^individual\/ind-2025-0001 /m);
    assert.match(text, /151d late/);
    assert.match(text, /unreadable \(keys\)/);
    assert.match(queueText(rows, 'another', NOW), /individual\/tenant\/ind-2025-0001/);
  });
});
