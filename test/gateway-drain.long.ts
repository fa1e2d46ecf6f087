import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { EXAMPLES } from '../dev/demo/examples.js';
import { withContent } from '../dev/demo/over-http.js';
import type { Child } from '../dev/embedded/child-process.js';
import { startEntry } from '../dev/embedded/entry-process.js';
import { startStack, type Stack } from '../dev/embedded/stack.js';
import { anIndividual } from './helpers/applications.js';
import { eventually } from './helpers/eventually.js';
import { ask } from './helpers/gateway.js';

/** Bodies that a gateway reads at a time are bounded. */
const STARTS = 12;

describe('a gateway that is told to end (SIGTERM)', { timeout: 600_000 }, () => {
  let stack: Stack;
  let gateway: Child;
  let url: string;
  before(async () => {
    stack = await startStack();
    const env = { ...stack.environment, GATEWAY_PORT: '0' };
    gateway = await startEntry('gateway', { env, ready: /^gateway listening on (http:\S+)/ });
    url = gateway.firstMatch![1]!;
  });
  after(async () => {
    await gateway.kill();
    await stack.stop();
  });

  test('answers what is under way, lets whoever waits go, takes no more, and loses nothing', async () => {
    const { workflowId } = await stack.client.startIndividual(await anIndividual({ documents: [] }), {
      folder: EXAMPLES,
    });
    await eventually('it waits for documents', async () => {
      const status = await stack.client.status(workflowId);
      return !status.stale && status.waitingOn?.what === 'documents';
    });
    const path = `/v1/cases/individual/${workflowId.split('/')[2]}`;
    const etag = (await ask(url, 'GET', path)).headers.get('etag')!;
    const waiting = ask(url, 'GET', path, { headers: { 'if-none-match': etag, prefer: 'wait=60' } });
    const stream = fetch(`${url}${path}/events`).then((answer) => answer.text());
    const bodies = await Promise.all(Array.from({ length: STARTS }, async () => withContent(await anIndividual())));
    const starts = bodies.map((body) =>
      ask<{ workflowId: string }>(url, 'PUT', `/v1/individuals/${body.applicationId}`, { body }),
    );
    // The first answer comes while the others are under way.
    await Promise.race(starts);
    process.kill(gateway.pid, 'SIGTERM');
    const { code } = await gateway.exited;
    assert.equal(code, 0, gateway.output());

    // One that had not begun to come when the gateway was told to end is not answered, and not acknowledged.
    const answers = (await Promise.allSettled(starts)).flatMap((one) =>
      one.status === 'fulfilled' ? [one.value] : [],
    );
    assert.ok(answers.length > STARTS / 2, `${answers.length} were answered`);
    for (const { status, body } of answers) {
      assert.equal(status, 202);
      await stack.client.status(body.workflowId);
    }
    assert.ok([200, 304].includes((await waiting).status));
    assert.match(await stream, /^event: status$/m);
    await assert.rejects(ask(url, 'GET', path));
  });
});
