import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { OnboardingClient, type Answer, type Signing } from '../src/client/index.js';
import { proofOfMessage } from '../src/client/signing.js';
import { makeSigningKey, readSigningKey, SigningKeyError } from '../src/proof/key-pair.js';
import { SANDBOX_TENANT } from '../sandbox/fixtures.js';
import { anIndividual, anOrganization } from './helpers/applications.js';
import { decision } from './helpers/decision.js';
import { eventually } from './helpers/eventually.js';
import type { Lane } from './helpers/lane.js';
import { startTimeSkipping, type TimeSkipping } from './helpers/time-skipping.js';

describe('signed messages', () => {
  let time: TimeSkipping;
  let folder: string;
  let file: string;
  let lane: Lane;
  const signing: Record<string, Signing> = {};
  const signers: Record<string, unknown>[] = [];
  let version = 0;

  const writeSigners = (left = signers): Promise<void> => {
    version += 1;
    return writeFile(file, JSON.stringify({ version, signers: left }));
  };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'finhub-onboarding-test-'));
    file = join(folder, 'signers.json');
    for (const [id, more] of [
      ['op-1', { role: 'operator', level: 'TENANT' }],
      ['op-2', { role: 'operator', level: 'POWER_TENANT' }],
      ['backend', { role: 'client' }],
    ] as const) {
      const path = join(folder, `${id}.key`);
      const publicKey = await makeSigningKey(path);
      signing[id] = { signerId: id, key: await readSigningKey(path), environment: 'default' };
      signers.push({ id, ...more, tenants: ['*'], keys: [{ publicKey }] });
    }
    await writeSigners();
    time = await startTimeSkipping();
    lane = await time.lane({ env: { SIGNERS_FILE: file, REQUIRE_PROOF: 'true' }, signing: signing['backend'] });
  });
  after(async () => {
    await time.stop();
    await rm(folder, { recursive: true });
  });

  const refusal = (answer: Answer) => (answer.accepted ? undefined : answer.refusal);
  /** A client that signs as somebody; as nobody with no name. */
  const as = (who?: string): OnboardingClient =>
    new OnboardingClient({
      temporal: lane.temporal,
      keys: lane.keys,
      store: lane.store,
      tenantId: SANDBOX_TENANT.id,
      signing: who === undefined ? undefined : signing[who],
    });
  const approval = async (id: string, by = 'op-1', more = {}) => {
    const { ids, evidenceHash } = await lane.client.caseView(id);
    const subject = { customerId: ids.customerId!, verificationId: ids.verificationId! };
    return decision({ decisionId: `by-${by}`, operator: { id: by }, evidenceHash, subject, ...more });
  };

  test('a case that nobody has signed for ends at once and says why', async () => {
    const { workflowId } = await as().startIndividual(await anIndividual({ documents: [] }));
    const { result, reason } = await lane.closed(workflowId);
    assert.equal(result, 'aborted');
    assert.match(reason!, /the start is not proved: it has no proof/);
  });

  test("an operator decides with their own key, and nobody else's word for them counts", async () => {
    const id = await lane.toReview(await anIndividual());
    const other = await lane.toReview(await anIndividual());
    const sent = await approval(id);
    for (const who of [undefined, 'backend', 'op-2']) {
      assert.equal(refusal(await as(who).decide(id, sent)), 'ProofInvalid', who);
    }
    const elsewhere = await proofOfMessage(signing['op-1'], lane.temporal, other, 'decideVerification', sent);
    const handle = lane.temporal.workflow.getHandle(id);
    const put = (proof: string | undefined, body: object = sent): Promise<Answer> =>
      handle.executeUpdate<Answer, [unknown]>('decideVerification', { args: [{ ...body, proof }] });
    assert.equal(refusal(await put(elsewhere)), 'ProofInvalid', 'another case');
    const own = await proofOfMessage(signing['op-1'], lane.temporal, id, 'decideVerification', sent);
    assert.equal(refusal(await put(own, { ...sent, verdict: 'reject' })), 'ProofInvalid', 'another verdict');
    const unbound = decision({ decisionId: 'unbound' });
    assert.equal(refusal(await as('op-1').decide(id, unbound)), 'ProofInvalid', 'nobody named');
    // A forged decision takes no id away from the true one.
    const answer = await as('op-1').decide(id, sent);
    assert.ok(answer.accepted, JSON.stringify(answer));
    await lane.until(id, 'approved', ({ review }) => review.stage === 'approved');
    await lane.until(id, 'asks for the code', ({ waitingOn }) => waitingOn?.what === 'activation code');
    await as('backend').submitActivationCode(id, await lane.activationCode(id));
    assert.equal((await lane.closed(id)).result, 'active');
    const entries = (await lane.client.audit(id)).filter(({ event }) => event === 'decideVerification');
    const hash = createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
    // One that nobody has proved is of no version.
    assert.deepEqual([...new Set(entries.map(({ signers: by }) => by))], [hash]);
    await lane.client.cancel(other, { by: 'backend', reason: 'done' });
  });

  test('a company goes all the way to its first transfer by signed words alone', async () => {
    const id = await lane.toReview(await anOrganization());
    assert.ok((await as('op-2').decide(id, await approval(id, 'op-2'))).accepted);
    assert.equal((await lane.closed(id)).result, 'active');
    const status = await lane.client.status(id);
    assert.equal(!status.stale && status.transfer?.state, 'completed', JSON.stringify(status));
  });

  test('the same message does not count twice', async () => {
    const id = await lane.toReview(await anIndividual());
    const note = { by: 'op-1', text: 'looked at it' };
    const proof = await proofOfMessage(signing['op-1'], lane.temporal, id, 'note', note);
    const put = (): Promise<Answer> =>
      lane.temporal.workflow.getHandle(id).executeUpdate<Answer, [unknown]>('note', { args: [{ ...note, proof }] });
    for (let time = 0; time < 2; time += 1) assert.ok((await put()).accepted);
    assert.equal((await lane.client.caseView(id)).notes.length, 1);
    await lane.client.cancel(id, { by: 'backend', reason: 'done' });
  });

  test('an approval of somebody who lost the right before FinHub was told does not count', async () => {
    const id = await lane.toReview(await anIndividual());
    await lane.finhub.inject({
      method: 'POST',
      path: '/api/v2.1/verifications/{verificationId}/approve',
      kind: 'refuse-503',
      times: 2,
    });
    assert.ok((await as('op-1').decide(id, await approval(id))).accepted);
    await writeSigners(signers.filter((signer) => signer['id'] !== 'op-1'));
    const entry = await eventually('the decision is void', async () =>
      (await lane.client.audit(id)).find((one) => one.event === 'decisionVoid'),
    );
    assert.match(entry.data.why, /op-1 is not an operator/);
    await writeSigners();
    await lane.until(id, 'in review again', ({ review }) => review.stage === 'inReview');
    assert.ok((await as('op-2').decide(id, await approval(id, 'op-2'))).accepted);
    await lane.until(id, 'approved', ({ review }) => review.stage === 'approved');
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
    await assert.rejects(readSigningKey(open), /d: is missing; this is not a private key/);
  });
});
