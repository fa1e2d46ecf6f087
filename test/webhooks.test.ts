import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { startRealServer, type RealServer } from './model/real-server.js';
import type { Gateway } from '../src/gateway/server.js';
import { WEBHOOK_INBOX, webhookInboxId } from '../src/lifecycle/ids.js';
import { LOOK_NOW } from '../src/lifecycle/hints.js';
import { OTHER_SANDBOX_TENANT, SANDBOX_TENANT } from '../sandbox/fixtures.js';
import { anIndividual, anOrganization } from './helpers/applications.js';
import { eventually } from './helpers/eventually.js';
import { ask, gatewayOf } from './helpers/gateway.js';
import type { Lane } from './helpers/lane.js';

const SECRET = 'the-secret-that-counts-now';
const NEXT_SECRET = 'the-secret-that-comes-next';
const VERDICTS = 'GET /api/v2.1/verifications/{verificationId}';

interface Sending {
  body?: string | Buffer;
  secret?: string;
  tenant?: string;
  headers?: Record<string, string>;
  signature?: string;
}

/** As FinHub's pages show one. */
const event = (data: object, more: object = {}): string =>
  JSON.stringify({
    ...{ id: `evt_${randomUUID()}`, type: 'verification.approved', timestamp: new Date().toISOString() },
    ...{ data, ...more },
  });

describe("FinHub's webhooks", { timeout: 300_000 }, () => {
  let server: RealServer;
  let lane: Lane;
  let gateway: Gateway;

  before(async () => {
    // A case that hears of nothing looks again in a day.
    server = await startRealServer({ env: { FINHUB_VERDICT_POLL_SECONDS: '86400' } });
    ({ lane } = server);
    const webhooks = { tenantId: SANDBOX_TENANT.id, secrets: [SECRET, NEXT_SECRET], maxAgeSeconds: 3600 };
    gateway = await gatewayOf(lane, { webhooks });
  });
  after(async () => {
    await gateway.close();
    await server.stop();
  });

  const send = async ({
    body = event({ customerId: 'c-1' }),
    secret = SECRET,
    tenant = SANDBOX_TENANT.id,
    headers = {},
    signature = createHmac('sha256', secret).update(body).digest('hex'),
  }: Sending = {}): Promise<{ status: number; code: unknown }> => {
    const answer = await fetch(`${gateway.url}/hooks/finhub/${tenant}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-finhub-signature': `sha256=${signature}`, ...headers },
      body: typeof body === 'string' ? body : new Uint8Array(body),
    });
    const { code } = (await answer.json()) as { code?: string };
    return { status: answer.status, code };
  };
  const looks = async (): Promise<number> => (await lane.finhub.requests(VERDICTS)).length;
  /** Times that a case has begun to poll for the verdict. */
  const polls = async (id: string): Promise<number> => {
    const { events } = await lane.temporal.workflow.getHandle(id).fetchHistory();
    return events!.filter((one) => one.activityTaskScheduledEventAttributes?.activityType?.name === 'awaitVerdict')
      .length;
  };
  const counted = async (series: string): Promise<number> => {
    const { body } = await gateway.metrics.text();
    return Number(
      body
        .split('\n')
        .find((line) => line.startsWith(series))
        ?.split(' ')
        .at(-1) ?? NaN,
    );
  };

  test('a decision in FinHub’s portal is seen as soon as its webhook comes', async () => {
    const id = await lane.toReview(await anIndividual());
    const { customerId, verificationId } = (await lane.client.caseView(id)).finhub;
    await lane.finhub.decideInPortal(verificationId!, 'APPROVED');
    const before = await looks();
    assert.deepEqual(await send({ body: event({ verificationId, customerId }) }), { status: 202, code: undefined });
    await lane.until(id, 'decided', ({ review }) => review.stage === 'approved');
    assert.equal((await looks()) - before, 1, 'one look, and FinHub has said it');
    await lane.client.cancel(id, { by: 'backoffice', reason: 'done' });
  });

  test('whoever activates on FinHub’s own pages is seen as soon as its webhook comes', async () => {
    const id = await lane.toReview(await anIndividual());
    await lane.client.decide(id, { decisionId: 'd-1', round: 1, verdict: 'approve', operator: { id: 'op-1' } });
    const { ids } = await lane.until(id, 'asks', ({ waitingOn }) => waitingOn?.what === 'activation code');
    const { customerId } = ids;
    await lane.finhub.activateInPortal(customerId!);
    await eventually('hints are heard', async () => {
      assert.equal((await send({ body: event({ customerId }, { type: 'customer.activated' }) })).status, 202);
      return (await lane.client.status(id)).outcome !== null;
    });
    assert.equal((await lane.closed(id)).result, 'active');
  });

  test('what a webhook says is never believed', async () => {
    const id = await lane.toReview(await anIndividual());
    const { customerId, verificationId } = (await lane.client.caseView(id)).finhub;
    const data = { customerId, verificationId, status: 'APPROVED', verificationStatus: 'APPROVED' };
    for (let times = 1; times <= 3; times += 1) {
      assert.equal((await send({ body: event(data) })).status, 202);
      // Each hint ends the pause before the next look.
      await eventually(`the case polls anew, ${times}`, async () => (await polls(id)) === times);
    }
    assert.equal((await lane.client.caseView(id)).review.stage, 'inReview');
    await lane.finhub.decideInPortal(verificationId!, 'REJECTED');
    assert.equal((await send({ body: event(data) })).status, 202);
    assert.equal((await lane.closed(id)).result, 'rejected', 'what FinHub itself says counts');
    assert.equal(await polls(id), 4);
  });

  test('only what is signed with a live secret, whole and in time is taken', async () => {
    const body = event({ customerId: 'c-1' });
    const base64 = createHmac('sha256', SECRET).update(body).digest('base64');
    const hex = createHmac('sha256', SECRET).update(body).digest('hex');
    const taken: [string, Sending][] = [
      ['the first secret', {}],
      ['the second', { secret: NEXT_SECRET }],
      ['base64', { body, signature: base64 }],
      ['capital hex', { body, signature: hex.toUpperCase() }],
      ['charset', { headers: { 'content-type': 'application/json; charset=utf-8' } }],
      ['seconds since 1970', { body: event({}, { timestamp: Math.floor(Date.now() / 1000) }) }],
      ['an event of an unknown type', { body: event({}, { type: 'card.lost' }) }],
    ];
    for (const [what, sending] of taken) assert.equal((await send(sending)).status, 202, what);

    const bytes = (text: string, encoding: BufferEncoding): Buffer => Buffer.from(text, encoding);
    const old = new Date(Date.now() - 3_700_000).toISOString();
    const ahead = new Date(Date.now() + 600_000).toISOString();
    const refused: [string, Sending, number, string][] = [
      ['another secret', { secret: 'somebody-elses-secret-0001' }, 403, 'SignatureInvalid'],
      ['no signature', { headers: { 'x-finhub-signature': '' } }, 403, 'SignatureInvalid'],
      ['bare', { body, headers: { 'x-finhub-signature': hex } }, 403, 'SignatureInvalid'],
      ['one byte more', { body: `${body} `, signature: hex }, 403, 'SignatureInvalid'],
      ['half of it', { body, signature: hex.slice(0, 32) }, 403, 'SignatureInvalid'],
      ['another tenant', { tenant: OTHER_SANDBOX_TENANT.id }, 404, 'NoSuchRoute'],
      ['form data', { headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 415, 'MediaTypeUnsupported'],
      ['latin1', { headers: { 'content-type': 'application/json; charset=latin1' } }, 415, 'MediaTypeUnsupported'],
      ['gzip', { body: gzipSync(body), headers: { 'content-encoding': 'gzip' } }, 415, 'MediaTypeUnsupported'],
      ['UTF-16', { body: bytes(body, 'utf16le') }, 400, 'BodyUnreadable'],
      ['no UTF-8', { body: bytes(event({ name: 'Jonaitytė' }).replace('ė', 'é'), 'latin1') }, 400, 'BodyUnreadable'],
      ['a byte order mark', { body: bytes(`\ufeff${body}`, 'utf8') }, 400, 'BodyUnreadable'],
      ['no JSON', { body: '{"id":' }, 400, 'BodyUnreadable'],
      ['a list', { body: '[]' }, 400, 'BodyUnreadable'],
      ['no id', { body: event({}, { id: undefined }) }, 400, 'BodyUnreadable'],
      ['an id with a quote', { body: event({}, { id: "a' OR '1" }) }, 400, 'BodyUnreadable'],
      ['no time', { body: event({}, { timestamp: 'yesterday' }) }, 400, 'BodyUnreadable'],
      ['too old', { body: event({}, { timestamp: old }) }, 400, 'WebhookOutdated'],
      ['from the future', { body: event({}, { timestamp: ahead }) }, 400, 'WebhookOutdated'],
      ['too large', { body: event({ note: 'x'.repeat(65 * 1024) }) }, 413, 'BodyTooLarge'],
    ];
    for (const [what, sending, status, code] of refused) assert.deepEqual(await send(sending), { status, code }, what);
    assert.equal(await counted('onboarding_gateway_webhooks_total{outcome="unsigned"}'), 5);
    assert.equal(await counted('onboarding_gateway_webhooks_total{outcome="outdated"}'), 2);
  });

  test('a webhook is taken once, whoever repeats it, and leaves nothing that a person wrote', async () => {
    const inbox = lane.temporal.workflow.getHandle(webhookInboxId(SANDBOX_TENANT.id));
    const id = await lane.toReview(await anIndividual());
    const { customerId } = (await lane.client.caseView(id)).finhub;
    const body = event({ customerId, email: 'rasa@example.com', person: { firstName: 'Rasa', id: customerId } });
    const before = await looks();
    for (let time = 0; time < 3; time += 1) assert.equal((await send({ body })).status, 202);
    await eventually('the case looks', async () => (await looks()) > before);
    const handle = lane.temporal.workflow.getHandle(id);
    const { events } = await handle.fetchHistory();
    const told = events!.filter((one) => one.workflowExecutionSignaledEventAttributes?.signalName === LOOK_NOW);
    assert.equal(told.length, 1);
    const [codec] = lane.temporal.options.loadedDataConverter.payloadCodecs;
    const context = {
      type: 'workflow',
      namespace: lane.temporal.options.namespace,
      workflowId: inbox.workflowId,
    } as const;
    const signals = (await inbox.fetchHistory()).events!.flatMap(
      (one) => one.workflowExecutionSignaledEventAttributes?.input?.payloads ?? [],
    );
    const texts = await codec!.decode(signals, context);
    const all = texts.map(({ data }) => Buffer.from(data!).toString('utf8')).join('\n');
    assert.ok(all.includes(customerId!) && !/rasa/i.test(all), all);
    await lane.client.cancel(id, { by: 'backoffice', reason: 'done' });
  });

  test('what Temporal has taken is not lost while no worker runs', async () => {
    const id = await lane.toReview(await anIndividual());
    const { customerId, verificationId } = (await lane.client.caseView(id)).finhub;
    await lane.stopWorker();
    await lane.finhub.decideInPortal(verificationId!, 'APPROVED');
    assert.equal((await send({ body: event({ customerId }) })).status, 202);
    await lane.restart({ env: { FINHUB_VERDICT_POLL_SECONDS: '86400' } });
    await lane.until(id, 'decided', ({ review }) => review.stage === 'approved');
    await lane.client.cancel(id, { by: 'backoffice', reason: 'done' });
  });

  test('a case is found by whoever is in it, as anybody would write it, and by FinHub’s ids', async () => {
    const application = await anOrganization();
    const { organization, directors, shareholders } = application;
    const id = await lane.toReview(application);
    const { customerId, verificationId } = (await lane.client.caseView(id)).finhub;
    const [director, owner] = [directors[0]!, shareholders[0]!];
    const texts = [
      organization.registrationNumber,
      ` ${organization.registrationNumber.slice(0, 3)} ${organization.registrationNumber.slice(3)}`,
      organization.legalName.toUpperCase(),
      organization.email.toUpperCase(),
      director.email,
      `${director.lastName}, ${director.firstName}`,
      director.phone.replace('+370', '00370 '),
      owner.email,
      customerId!,
      verificationId!,
    ];
    const found = async (text: string): Promise<string[]> =>
      (await lane.client.find(text, { tenantId: SANDBOX_TENANT.id })).cases.map(({ workflowId }) => workflowId);
    for (const text of texts) await eventually(`it is found by ${text}`, async () => (await found(text)).includes(id));
    for (const text of ['nobody@example.com', 'x', "' OR LifecycleKind = 'organization", director.firstName]) {
      assert.deepEqual(await found(text), [], text);
    }
    const over = await ask<{ cases: { workflowId: string }[] }>(
      gateway.url,
      'GET',
      `/v1/cases?search=${encodeURIComponent(director.email)}`,
    );
    assert.deepEqual([over.status, over.body.cases.map(({ workflowId }) => workflowId)], [200, [id]]);
    // In clear at Temporal, and without anything that a person could read.
    const { raw } = await lane.temporal.workflow.getHandle(id).describe();
    const shown = JSON.stringify(
      Object.values(raw.workflowExecutionInfo!.searchAttributes!.indexedFields!).map(({ data }) =>
        Buffer.from(data!).toString(),
      ),
    );
    for (const text of texts.slice(0, 8)) assert.ok(!shown.toLowerCase().includes(text.trim().toLowerCase()), shown);
    await lane.client.cancel(id, { by: 'backoffice', reason: 'done' });
  });

  test('a corrected name is what a case is found by', async () => {
    const id = await lane.start(await anIndividual({ categorization: { category: 'NO_SUCH_CATEGORY' } }));
    await lane.until(id, 'needs attention', ({ status }) => status === 'needsAttention');
    const patch = { person: { lastName: 'Zvirbliene', firstName: 'Ona' } };
    const answer = await lane.client.correctApplication(id, { correctedBy: 'backoffice', patch });
    assert.ok(answer.accepted, JSON.stringify(answer));
    await eventually('it is found', async () => {
      const { cases } = await lane.client.find('Žvirblienė Ona');
      return cases.some(({ workflowId }) => workflowId === id);
    });
    await lane.client.cancel(id, { by: 'backoffice', reason: 'done' });
  });

  test('the inbox is that of the tenant that it names', async () => {
    await assert.rejects(
      lane.temporal.workflow.execute(WEBHOOK_INBOX, {
        workflowId: 'inbox/of-somebody-else',
        taskQueue: 'finhub-lifecycle',
        args: [{ tenantId: SANDBOX_TENANT.id }],
      }),
    );
  });
});
