import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { PROJECT_FOLDER } from '../src/config/project-folder.js';
import { exampleIndividual } from '../dev/demo/examples.js';
import { PAGES } from '../dev/docs/pages.js';
import { PAYMENTS_THAT_CROSS, SITUATIONS } from '../dev/docs/states.js';
import { newCase } from '../src/lifecycle/new-case.js';
import type { LifecycleState } from '../src/lifecycle/case-state.js';
import {
  MESSAGES,
  type Message,
  type MessageBodies,
  type MessageName,
  type Refusal,
} from '../src/lifecycle/messages.js';
import { DEFAULT_POLICY, rulesFor } from '../src/lifecycle/policy.js';
import { decide } from '../src/lifecycle/reducer.js';
import { ADMISSION, stageOf, STAGES, type Stage } from '../src/lifecycle/admission.js';

const page = (name: string) => readFile(fileURLToPath(new URL(`../docs/reference/${name}`, import.meta.url)), 'utf8');

for (const [name, made] of Object.entries(PAGES)) {
  test(`docs/reference/${name}.md is what the code says (npm run docs writes it)`, async () => {
    const current = await page(`${name}.md`);
    assert.equal(current, made(current));
  });
}

test('a part of a page that is not what the code says is found', async () => {
  const current = (await page('policy.md')).replace('| POWER_TENANT |', '| TENANT       |');
  assert.notEqual(current, PAGES['policy']!(current));
});

describe('docs/reference/states.md', () => {
  test('names tests that are there', async () => {
    for (const { shownBy } of [...SITUATIONS, ...PAYMENTS_THAT_CROSS]) {
      const source = await readFile(join(PROJECT_FOLDER, shownBy.file), 'utf8');
      assert.ok(source.includes(`test('${shownBy.test}'`), shownBy.test);
    }
  });

  const HELD = [
    { documentId: 'd', type: 'PASSPORT', fileName: 'f', mimeType: 'application/pdf', size: 1, sha256: '0'.repeat(64) },
  ];
  const DOCUMENTS = {
    documents: [
      {
        documentId: 'd2',
        type: 'PASSPORT',
        fileName: 'f',
        mimeType: 'application/pdf',
        size: 1,
        sha256: '1'.repeat(64),
      },
    ],
  };

  /** A message of each name, from somebody who may send it. */
  const BODIES: MessageBodies = {
    submitDocuments: { submittedBy: 'backend', ...DOCUMENTS },
    acceptConsents: { version: '1', acceptedAt: '2026-01-01T00:00:00Z', ipAddress: '192.0.2.1', userAgent: 'a' },
    submitActivationCode: { code: 'sealed:v1:k:abc' },
    decideVerification: { decisionId: 'd', round: 1, verdict: 'approve', operator: { id: 'op-1' } },
    correctApplication: { correctedBy: 'backend', patch: {} },
    resolveAttention: { attentionId: 'a', action: 'retry', by: 'op-1' },
    claim: { by: 'op-1' },
    release: { by: 'op-1' },
    assign: { by: 'op-1', to: 'op-1', reason: 'r' },
    note: { by: 'op-1', text: 't' },
    viewDocument: { by: 'op-1', documentId: 'd' },
    extend: { by: 'op-1', until: '2030-01-01T00:00:00Z', reason: 'r' },
    decideTransfer: { by: 'approver', verdict: 'approve' },
    confirmTransfer: { by: 'backend', orderId: 'o' },
    addBeneficiary: {
      by: 'backend',
      beneficiary: {
        ...{ ref: 'r', name: 'n', partyType: 'INDIVIDUAL_CUSTOMER', iban: 'i', bic: 'b', currency: 'EUR' },
        country: 'LT',
      },
    },
    removeBeneficiary: { by: 'backend', ref: 'r' },
    makePaymentConsent: { by: 'backend' },
    revokePaymentConsent: { by: 'backend' },
    cancel: { by: 'backend', reason: 'r' },
  };

  test('says of every message at every stage what a case does with it', async () => {
    const application = { ...(await exampleIndividual('a-1')), tenantId: 't', submittedBy: 'backend', documents: HELD };
    const { consents: _, ...fresh } = newCase(
      'individual',
      application as unknown as LifecycleState['application'],
      new Date(),
    );
    const { review, finhub } = fresh;
    const at: Record<Stage, LifecycleState> = {
      collecting: fresh,
      inReview: { ...fresh, review: { ...review, stage: 'inReview' } },
      decided: { ...fresh, review: { ...review, stage: 'approved' } },
      active: { ...fresh, finhub: { ...finhub, facts: ['accountActive'] } },
      ended: { ...fresh, outcome: { result: 'expired', at: '2026-01-01T00:00:00Z' } },
    };
    const operator = { id: 'op-1', level: 'TENANT', tenants: ['*'] } as const;
    const given = {
      at: new Date('2029-06-01T00:00:00Z'),
      operators: new Map([['op-1', { ...operator, tenants: ['*'] }]]),
    };
    for (const stage of STAGES) {
      assert.equal(stageOf(at[stage]), stage);
      for (const name of MESSAGES) {
        const { answer } = decide(at[stage], { name, body: BODIES[name] } as Message, given);
        const admission = ADMISSION[name][stage];
        const what = `${name} at ${stage}: ${JSON.stringify(answer)}`;
        if (admission === 'kept') assert.ok(answer.accepted && answer.state === 'kept', what);
        else if (admission !== 'taken') assert.ok(!answer.accepted && answer.refusal === admission, what);
        else {
          const nothingThere = NOTHING_THERE[name];
          if (nothingThere) assert.ok(!answer.accepted && answer.refusal === nothingThere, what);
          else assert.ok(answer.accepted && answer.state === 'applied', what);
          const there = decide(withWhatItAsksFor(at[stage]), { name, body: BODIES[name] } as Message, given).answer;
          assert.ok(there.accepted && there.state === 'applied', `${what}, and then ${JSON.stringify(there)}`);
        }
      }
    }
  });

  /** What a message hears that asks for something which is not there in a case that has only just begun. */
  const NOTHING_THERE: Partial<Record<MessageName, Refusal>> = {
    resolveAttention: 'NothingToResolve',
    release: 'NotAllowed',
    extend: 'NotAllowed',
    decideVerification: 'StaleRound',
  };

  const RULES = rulesFor(DEFAULT_POLICY, 'individual', 'MEDIUM');

  /** The case with an attention, an assignee, a deadline and a review by rules. */
  function withWhatItAsksFor(state: LifecycleState): LifecycleState {
    const attention: LifecycleState['attention'] = {
      ...{ attentionId: 'a', key: 'k', operation: 'o', failure: 'f', message: 'm', since: '2026-01-01T00:00:00Z' },
      ...{ fieldErrors: [], options: ['retry'], adopts: [] },
    };
    return {
      ...state,
      attention,
      assignee: 'op-1',
      deadlines: [{ kind: 'due', at: '2029-12-01T00:00:00Z', fired: false }],
      review: { ...state.review, rules: RULES },
    };
  }
});
