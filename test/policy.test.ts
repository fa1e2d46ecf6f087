import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { Answer, Decision } from '../src/client/index.js';
import { EXAMPLES } from '../dev/demo/examples.js';
import { DEFAULT_POLICY } from '../src/lifecycle/policy.js';
import { policyFile, PolicyFileError } from '../src/policies/policy-file.js';
import { SANDBOX_TENANT } from '../sandbox/fixtures.js';
import { anIndividual } from './helpers/applications.js';
import type { Lane } from './helpers/lane.js';
import { eventually } from './helpers/eventually.js';
import { startTimeSkipping, type TimeSkipping } from './helpers/time-skipping.js';

const TENANT = SANDBOX_TENANT.id;
let folder: string;
let file: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'finhub-onboarding-test-'));
  file = join(folder, 'policy.json');
});
after(() => rm(folder, { recursive: true }));

const written = (content: object) => writeFile(file, JSON.stringify(content));

describe('the policy file', () => {
  test('may be missing; then the built-in policy holds', async () => {
    const { policy, calendar } = await (await policyFile(undefined)).of(TENANT);
    assert.deepEqual(policy, DEFAULT_POLICY);
    assert.deepEqual(calendar, { timeZone: 'UTC', weekend: [6, 7], holidays: [] });
  });

  test('of the examples can be used', async () => {
    const policies = await policyFile(join(EXAMPLES, 'policy.json'));
    const mine = await policies.of(TENANT);
    const others = await policies.of('another-tenant');
    assert.equal(mine.policy.review.individual.MEDIUM.deadlines.due, 2);
    assert.equal(others.policy.review.individual.MEDIUM.deadlines.due, 3);
    assert.equal(others.policy.review.organization.HIGH.quorum, 2);
    assert.notEqual(mine.version, others.version);
  });

  test('is a patch: default over the built-in policy, a tenant over default', async () => {
    await written({
      default: { review: { individual: { LOW: { quorum: 2, portalDecision: 'hold' } } } },
      tenants: {
        [TENANT]: { review: { individual: { LOW: { quorum: 3 } } }, customer: { consents: { expiry: null } } },
      },
    });
    const policies = await policyFile(file);
    const { policy } = await policies.of(TENANT);
    assert.deepEqual(policy.review.individual.LOW, {
      ...DEFAULT_POLICY.review.individual.LOW,
      quorum: 3,
      portalDecision: 'hold',
    });
    assert.deepEqual(policy.customer.consents, { reminder: 5, due: 10 });
    assert.equal((await policies.of('other')).policy.review.individual.LOW.quorum, 2);
  });

  test('has a version that changes with what holds, and with nothing else', async () => {
    const version = async (content: object) => (
      await written(content),
      (await (await policyFile(file)).of(TENANT)).version
    );
    const first = await version({ tenants: { other: { customer: { consents: { due: 9 } } } } });
    assert.equal(await version({}), first);
    assert.notEqual(await version({ default: { customer: { consents: { due: 9 } } } }), first);
    assert.match(first, /^[0-9a-f]{12}$/);
  });

  const faulty: [what: string, content: object, says: RegExp][] = [
    [
      'high risk for the tenant alone',
      { default: { review: { individual: { HIGH: { level: 'TENANT' } } } } },
      /review\.individual\.HIGH\.level: POWER_TENANT decides on high risk/,
    ],
    [
      'four eyes that a single person at FinHub could replace',
      { tenants: { t: { review: { organization: { MEDIUM: { quorum: 2 } } } } } },
      /review\.organization\.MEDIUM\.portalDecision: a quorum needs hold/,
    ],
    ['a time zone nobody knows', { default: { calendar: { timeZone: 'Vilnius' } } }, /calendar\.timeZone: an IANA/],
    [
      'a week without a working day',
      { default: { calendar: { weekend: [1, 2, 3, 4, 5, 6, 7] } } },
      /calendar\.weekend/,
    ],
    ['a misspelt setting', { default: { review: { individual: { LOW: { quorums: 2 } } } } }, /LOW: .*quorums/],
    ['nobody needed', { default: { review: { individual: { LOW: { quorum: 0 } } } } }, /LOW\.quorum/],
    ['a part of another name', { defaults: {} }, /defaults/],
  ];
  for (const [what, content, says] of faulty) {
    test(`is refused with the path: ${what}`, async () => {
      await written(content);
      await assert.rejects(policyFile(file), (error: Error) => {
        assert.ok(error instanceof PolicyFileError);
        assert.match(error.message, says);
        return true;
      });
    });
  }

  test('is refused with all its faults at once', async () => {
    await written({ default: { calendar: { timeZone: 'x', weekend: [8] }, customer: { consents: { due: -1 } } } });
    await assert.rejects(policyFile(file), /timeZone.*weekend\.0|customer.*calendar/s);
  });
});

describe('the policy of a case', () => {
  let time: TimeSkipping;
  let lane: Lane;
  const fourEyes = { review: { individual: { MEDIUM: { quorum: 2, portalDecision: 'hold' } } } };
  before(async () => {
    await written({ tenants: { [TENANT]: fourEyes } });
    time = await startTimeSkipping();
    lane = await time.lane({ env: { POLICY_FILE: file } });
  });
  beforeEach(() => written({ tenants: { [TENANT]: fourEyes } }));
  after(() => time.stop());

  const approval = (operator: string): Decision => ({
    decisionId: operator,
    round: 1,
    verdict: 'approve',
    operator: { id: operator },
  });
  const heard = (answer: Answer) => (answer.accepted ? answer.state : answer.refusal);

  test('asks for two people where it says so, and records its version', async () => {
    const id = await lane.toReview(await anIndividual());
    const { version } = await (await policyFile(file)).of(TENANT);
    const started = (await lane.client.audit(id)).find(({ event }) => event === 'started');
    assert.deepEqual(started?.data, { policy: version });

    assert.equal(heard(await lane.client.decide(id, approval('op-1'))), 'recorded');
    assert.equal(heard(await lane.client.decide(id, { ...approval('op-1'), decisionId: 'again' })), 'SamePersonTwice');
    // In FinHub's portal one person would have decided alone.
    const { ids } = await lane.client.caseView(id);
    await lane.finhub.decideInPortal(ids.verificationId!, 'APPROVED');
    await time.skip(16 * 60_000);
    await eventually('FinHub was looked at', async () =>
      (await lane.client.audit(id)).some(({ event }) => event === 'seenAtFinHub'),
    );
    assert.equal((await lane.client.caseView(id)).review.stage, 'inReview');
    assert.equal(heard(await lane.client.decide(id, approval('op-2'))), 'applied');
    const { approvals } = (await lane.client.caseView(id)).decision!;
    assert.deepEqual(
      approvals.map(({ operatorId }) => operatorId),
      ['op-1', 'op-2'],
    );
    assert.equal((await lane.finish(id)).outcome?.result, 'active');
  });

  test('is the one it began with, whatever becomes of the file', async () => {
    const id = await lane.toReview(await anIndividual());
    await written({});
    assert.equal(heard(await lane.client.decide(id, approval('op-1'))), 'recorded');
    const next = await lane.toReview(await anIndividual());
    assert.equal(heard(await lane.client.decide(next, approval('op-1'))), 'applied');
    assert.equal(heard(await lane.client.decide(id, approval('op-2'))), 'applied');
  });

  test('keeps internal reasons inside: status, lists and memo do not have them', async () => {
    const id = await lane.toReview(await anIndividual());
    const mark = 'MARK-suspicion';
    await lane.client.note(id, { by: 'op-1', text: `${mark} in a note` });
    await lane.client.claim(id, { by: 'op-1' });
    await lane.client.assign(id, { by: 'op-1', to: 'op-2', reason: `${mark} in a reason` });
    const rejection = {
      ...approval('op-2'),
      verdict: 'reject',
      internalReason: `${mark} in a decision`,
      customerReason: 'We cannot offer you an account.',
    } as const;
    assert.equal(heard(await lane.client.decide(id, rejection)), 'applied');
    const { status } = await lane.client.wait(id, 'done', { timeoutMs: 20_000 });
    assert.equal(status.outcome?.reason, 'We cannot offer you an account.');
    const description = await lane.temporal.workflow.getHandle(id).describe();
    const result: unknown = await lane.temporal.workflow.getHandle(id).result();
    const details: unknown = await lane.temporal.workflow.getHandle(id).query('__temporal_workflow_metadata');
    const shown = { status, result, details, memo: description.memo, attributes: description.searchAttributes };
    assert.ok(!JSON.stringify(shown).includes(mark));
    assert.ok(JSON.stringify(await lane.client.audit(id)).includes(`${mark} in a decision`));
  });
});
