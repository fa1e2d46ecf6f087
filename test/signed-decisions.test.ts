import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { JWK } from 'jose';
import type { Answer, Decision } from '../src/client/index.js';
import { SigningKeyError, makeSigningKey, readSigningKey } from '../src/operators/key-pair.js';
import { signDecision } from '../src/operators/signature.js';
import { anIndividual } from './helpers/applications.js';
import { decision } from './helpers/decision.js';
import { eventually } from './helpers/eventually.js';
import type { Lane } from './helpers/lane.js';
import { startTimeSkipping, type TimeSkipping } from './helpers/time-skipping.js';

describe('signed decisions', () => {
  let time: TimeSkipping;
  let folder: string;
  let lane: Lane;
  const keys: Record<string, JWK> = {};
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'finhub-onboarding-test-'));
    const operators = [];
    for (const [id, level] of [
      ['op-1', 'TENANT'],
      ['op-2', 'POWER_TENANT'],
    ] as const) {
      const path = join(folder, `${id}.key`);
      const publicKey = await makeSigningKey(path);
      keys[id] = await readSigningKey(path);
      operators.push({ id, level, tenants: ['*'], publicKey });
    }
    operators.push({ id: 'op-3', level: 'POWER_TENANT', tenants: ['*'] });
    const file = join(folder, 'operators.json');
    await writeFile(file, JSON.stringify({ operators }));
    time = await startTimeSkipping();
    lane = await time.lane({ env: { OPERATORS_FILE: file, REQUIRE_SIGNED_DECISIONS: 'true' } });
  });
  after(async () => {
    await time.stop();
    await rm(folder, { recursive: true });
  });

  const refusal = (answer: Answer) => (answer.accepted ? undefined : answer.refusal);

  test('only the operator whose key signed the decision on this case decides', async () => {
    const id = await lane.toReview(await anIndividual());
    const other = await lane.toReview(await anIndividual());
    const unsigned: [what: string, sent: Decision][] = [
      ['no signature', decision()],
      ['no JWS', decision({ signature: 'signature' })],
      ["another operator's key", await signed(keys['op-2']!, id, decision())],
      ['another case', await signed(keys['op-1']!, other, decision())],
      [
        'another verdict',
        { ...(await signed(keys['op-1']!, id, decision({ verdict: 'reject' }))), verdict: 'approve' },
      ],
      ['an operator without a key', await signed(keys['op-2']!, id, decision({ operator: { id: 'op-3' } }))],
      ['nobody', await signed(keys['op-1']!, id, decision({ operator: { id: 'nobody' } }))],
      ['an unsigned algorithm', decision({ signature: `${base64({ alg: 'none' })}.${base64(decision())}.` })],
    ];
    for (const [what, sent] of unsigned) {
      assert.equal(refusal(await lane.client.decide(id, sent)), 'SignatureInvalid', what);
    }
    // A forged decision takes no id away from the true one.
    const answer = await lane.client.decide(id, decision(), keys['op-1']);
    assert.ok(answer.accepted, JSON.stringify(answer));
    await lane.until(id, 'approved', ({ review }) => review.stage === 'approved');
    assert.equal((await lane.finish(id)).outcome?.result, 'active');
    await lane.client.cancel(other, { by: 'backend', reason: 'done' });
  });

  test('an early decision is checked when it comes, and again when it is due', async () => {
    const id = await lane.start(await anIndividual({ documents: [] }));
    await lane.until(id, 'waits for documents', ({ waitingOn }) => waitingOn?.what === 'documents');
    assert.equal(refusal(await lane.client.decide(id, decision())), 'SignatureInvalid');
    const early = decision({ verdict: 'reject', customerReason: 'no' });
    assert.ok((await lane.client.decide(id, early, keys['op-1'])).accepted);
    const document = { type: 'PASSPORT', fileName: 'p.pdf', content: Buffer.from('%PDF-1.4\n%%EOF\n') };
    await lane.client.submitDocuments(id, { submittedBy: 'backend', documents: [document] });
    const judged = await eventually('judged', async () =>
      (await lane.client.audit(id)).find(({ event }) => event === 'keptDecision'),
    );
    assert.match(judged.detail!, /EvidenceChanged/);
    await lane.client.cancel(id, { by: 'backend', reason: 'done' });
  });

  test('need not be signed where the service does not ask for it', async () => {
    const trusting = await time.lane();
    const id = await trusting.toReview(await anIndividual());
    assert.ok((await trusting.client.decide(id, decision())).accepted);
    await trusting.finish(id);
  });

  test('come from keys that only their owner can read and that are never overwritten', async () => {
    const path = join(folder, 'new.key');
    const publicKey = await makeSigningKey(path);
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    const before = await readFile(path, 'utf8');
    await assert.rejects(makeSigningKey(path), SigningKeyError);
    assert.equal(await readFile(path, 'utf8'), before);
    assert.ok(!('d' in publicKey));
    const open = join(folder, 'public.key');
    await writeFile(open, JSON.stringify(publicKey));
    await assert.rejects(readSigningKey(open), /d: is missing; this is no private key/);
  });

  async function signed(key: JWK, id: string, sent: Decision): Promise<Decision> {
    return { ...sent, signature: await signDecision(key, id, sent) };
  }

  const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
});
