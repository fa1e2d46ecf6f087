import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { anIndividual } from './helpers/applications.js';
import { eventually } from './helpers/eventually.js';
import type { Lane } from './helpers/lane.js';
import { startTimeSkipping, type TimeSkipping } from './helpers/time-skipping.js';

const SECRET = `whsec_${Buffer.from('a secret of thirty-two bytes or so').toString('base64')}`;

interface Received {
  type: string;
  timestamp: string;
  data: { workflowId: string; sequence: number } & Record<string, unknown>;
}

/** A backend that is told things; answers as it is told to. */
class Receiver {
  readonly #server: Server;
  /** Verified deliveries that were taken, repeats included. */
  readonly taken: Received[] = [];
  readonly bodies: string[] = [];
  readonly ids: string[] = [];
  /** Status of the next answers; 204 when there are no more. */
  answers: number[] = [];
  paths: string[] = [];

  constructor() {
    this.#server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += chunk));
      request.on('end', () => {
        const status = this.answers.length > 0 ? this.answers.shift()! : 204;
        this.paths.push(request.url!);
        if (status < 300) this.#take(body, request.headers);
        response.writeHead(status, status >= 300 && status < 400 ? { location: '/elsewhere' } : {}).end();
      });
    });
  }

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`;
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  of(id: string): Received[] {
    return this.taken.filter(({ data }) => data.workflowId === id);
  }

  /** Throws for a signature that is not right, which the test then misses. */
  #take(body: string, headers: IncomingHttpHeaders): void {
    this.taken.push(new Webhook(SECRET).verify(body, headers as Record<string, string>) as Received);
    this.bodies.push(body);
    this.ids.push(String(headers['webhook-id']));
  }
}

describe('notifications', () => {
  let time: TimeSkipping;
  let receiver: Receiver;
  let lane: Lane;
  before(async () => {
    time = await startTimeSkipping();
    receiver = new Receiver();
    const env = { NOTIFY_URL: await receiver.listen(), NOTIFY_SECRET: SECRET, FINHUB_VERDICT_POLL_SECONDS: '86400' };
    lane = await time.lane({ env });
  });
  after(async () => {
    await time.stop();
    await receiver.close();
  });

  test('tell a way through from beginning to end, signed, numbered and without personal data', async () => {
    const application = await anIndividual();
    const id = await lane.toReview(application);
    await lane.client.note(id, { by: 'op-1', text: 'MARK-INTERNAL' });
    await lane.client.decide(id, {
      decisionId: 'd1',
      round: 1,
      verdict: 'request-documents',
      operator: { id: 'op-1' },
      documents: [{ type: 'BANK_STATEMENT', why: 'MARK-WHY' }],
      internalReason: 'MARK-INTERNAL',
      customerReason: 'MARK-CUSTOMER',
    });
    await lane.until(id, 'waits for documents', ({ waitingOn }) => waitingOn?.what === 'documents');
    const document = { type: 'BANK_STATEMENT', fileName: 'MARK-FILE.pdf', content: Buffer.from('%PDF-1.4\n%%EOF\n') };
    await lane.client.submitDocuments(id, { submittedBy: 'backend', documents: [document] });
    await lane.until(id, 'in review', ({ review }) => review.stage === 'inReview');
    await lane.finish(id);

    const told = receiver.of(id);
    assert.deepEqual([...new Set(told.map(({ type }) => type))].sort(), [
      'lifecycle.documentsRequested',
      'lifecycle.ended',
      'lifecycle.phaseEnded',
      'lifecycle.waiting',
    ]);
    const inOrder = told.map(({ data }) => data.sequence).sort((a, b) => a - b);
    assert.deepEqual(
      inOrder,
      inOrder.map((_, index) => index + 1),
    );
    assert.deepEqual(told.find(({ type }) => type === 'lifecycle.ended')?.data['result'], 'active');
    const { person, documents } = application;
    const secrets = ['MARK-', person.firstName, person.lastName!, person.email, person.phone, documents![0]!.fileName!];
    const body = receiver.bodies.filter((text) => text.includes(id)).join('\n');
    for (const secret of secrets) assert.ok(!body.includes(secret), secret);
  });

  test('come at least once: a receiver that fails is asked again, under the same id', async () => {
    const before = receiver.ids.length;
    receiver.answers = [500, 503];
    const id = await lane.start(await anIndividual());
    await lane.until(id, 'in review', ({ review }) => review.stage === 'inReview');
    await time.skip(60_000);
    const waiting = await eventually('told of the wait', () =>
      Promise.resolve(receiver.of(id).some(({ type }) => type === 'lifecycle.waiting')),
    );
    assert.ok(waiting);
    assert.deepEqual(receiver.answers, []);
    await eventually('the case knows what was delivered', async () => {
      const { notifications } = await lane.client.caseView(id);
      return notifications.length >= 2 && notifications.every(({ state, since }) => state === 'delivered' && since);
    });
    const ids = receiver.ids.slice(before);
    assert.ok(ids.includes(`${id}#1`) && ids.includes(`${id}#2`));
    await lane.client.cancel(id, { by: 'backend', reason: 'done' });
  });

  test('are not sent on to where a redirect points', async () => {
    receiver.paths = [];
    receiver.answers = [307, 301];
    const id = await lane.start(await anIndividual({ documents: [] }));
    await time.skip(60_000);
    await eventually('told', () => Promise.resolve(receiver.of(id).length >= 3));
    assert.deepEqual([...new Set(receiver.paths)], ['/hook']);
    await lane.client.cancel(id, { by: 'backend', reason: 'done' });
  });

  test('tell of the end of a case that is cancelled, by us or in Temporal', async () => {
    const ids = await Promise.all([lane.toReview(await anIndividual()), lane.toReview(await anIndividual())]);
    await lane.client.cancel(ids[0], { by: 'backend', reason: 'withdrawn' });
    await lane.temporal.workflow.getHandle(ids[1]).cancel();
    for (const id of ids) {
      await lane.closed(id);
      assert.deepEqual(receiver.of(id).find(({ type }) => type === 'lifecycle.ended')?.data['result'], 'cancelled');
    }
  });

  test('hold up nothing while nobody takes them, and go along into new runs', async () => {
    const dead = await time.lane({
      env: {
        NOTIFY_URL: 'http://127.0.0.1:9/hook',
        NOTIFY_SECRET: SECRET,
        MAX_HISTORY_EVENTS: '50',
        FINHUB_VERDICT_POLL_SECONDS: '86400',
      },
    });
    const id = await dead.start(await anIndividual({ documents: [] }));
    await dead.until(id, 'waits for documents', ({ waitingOn }) => waitingOn?.what === 'documents');
    const runOf = async () => (await dead.temporal.workflow.getHandle(id).describe()).runId;
    const first = await runOf();
    const handle = dead.temporal.workflow.getHandle(id);
    // One at a time: a note within the moment of calm would give up its timer, perhaps as it fires, and this server loses such a task.
    for (let index = 0; index < 20 && (await runOf()) === first; index += 1) {
      await handle.signal('note', { by: 'op-1', text: `note ${index}` });
      await sleep(500);
    }
    assert.notEqual(await runOf(), first);

    await dead.client.cancel(id, { by: 'backend', reason: 'withdrawn' });
    // The outcome is there at once; the run itself stays open for those who are still to be told, for three days.
    const { status } = await dead.client.wait(id, 'done', { timeoutMs: 30_000 });
    assert.equal(status.outcome?.result, 'cancelled');
    const states = async () => {
      const { notifications } = await dead.client.caseView(id);
      assert.deepEqual(
        notifications.map(({ sequence }) => sequence),
        notifications.map((_, index) => notifications[0]!.sequence + index),
      );
      return [...new Set(notifications.map(({ state }) => state))];
    };
    assert.ok((await states()).includes('pending'));
    assert.equal((await dead.temporal.workflow.getHandle(id).describe()).status.name, 'RUNNING');
    await time.skip(4 * 24 * 3600_000);
    await eventually('closed', async () => {
      const { status } = await dead.temporal.workflow.getHandle(id).describe();
      return status.name === 'COMPLETED';
    });
    assert.deepEqual(await states(), ['givenUp']);
  });
});
