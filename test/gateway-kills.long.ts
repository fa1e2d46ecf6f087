import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { withContent } from '../dev/demo/over-http.js';
import { randomSequence } from '../sandbox/faults.js';
import type { CaseView } from '../src/client/index.js';
import { finalHistory } from './chaos/histories.js';
import { Relay } from './chaos/relay.js';
import { Rig } from './chaos/rig.js';
import { madeTwice } from './helpers/finhub.js';
import { individualNumber } from './helpers/applications.js';
import { eventually } from './helpers/eventually.js';
import { ask, type Heard } from './helpers/gateway.js';

/*
 * GATEWAY_KILLS and GATEWAY_KILLS_SEED change the run. Half of the kills hit a start, half of them a decision: SIGKILL for gateway, worker or
 * Temporal server as one of the pieces passes that they exchange meanwhile, before or after it.
 */

const KILLS = Number(process.env['GATEWAY_KILLS'] ?? 100);
const seed = Number(process.env['GATEWAY_KILLS_SEED'] ?? randomInt(2 ** 31));
const PARTS = ['gateway', 'worker', 'temporal'] as const;
/** Pieces that pass in a start or a decision, about; whoever is hit later than that is hit after the answer. */
const MOST_PIECES = 24;
/** What a caller waits for an answer before asking again. */
const PATIENCE_MS = 20_000;

interface Blow {
  part: (typeof PARTS)[number];
  /** Pieces that pass before it falls. */
  pieces: number;
  waits: boolean;
}

interface Hit extends Blow {
  /** What the request that was under way was answered; null where nothing came. */
  first: number | null;
  /** Requests until one was acknowledged. */
  asked: number;
  /** Whether it fell before the answer. */
  within: boolean;
}

describe('whatever is killed in the middle of a request', { timeout: 7_200_000 }, () => {
  let relay: Relay;
  let rig: Rig;
  const random = randomSequence(seed);
  const upTo = (count: number): number => Math.floor(random() * count);
  const blows: Blow[] = Array.from({ length: KILLS }, (_, index) => ({
    part: PARTS[index % PARTS.length]!,
    pieces: 1 + upTo(MOST_PIECES),
    waits: random() < 0.5,
  }));
  const half = Math.ceil(KILLS / 2);
  const hits: Hit[] = [];

  before(async () => {
    relay = await Relay.start();
    const env = { FINHUB_INDIVIDUAL_ACTIVATION: 'admin', FINHUB_TIMEOUT_MS: '5000' };
    rig = await Rig.start({ workers: 1, faultRate: 0, seed, gateway: true, relay, env });
  });
  after(async () => {
    await rig.stop();
    await relay.stop();
  });

  type Sent = Parameters<typeof ask>[3] & { method: 'PUT' | 'POST'; path: string };

  /** Sends a request during which the blow falls, and repeats it until it is acknowledged, as a caller does who was not answered. */
  async function hit<Body>(blow: Blow, sent: Sent): Promise<Heard<Body>> {
    let fallen: Promise<void> | undefined;
    const strike = (): Promise<void> => (fallen ??= rig.kill(blow.part));
    const isKilled = relay.after(blow.pieces, async () => {
      // The piece passes on once the process is gone, and does not wait until another one is up.
      void strike();
      await sleep(20);
    });
    const once = async (): Promise<Heard<Body> | undefined> => {
      const signal = AbortSignal.timeout(PATIENCE_MS);
      return ask<Body>(rig.gatewayUrl, sent.method, sent.path, { ...sent, signal }).catch(() => undefined);
    };
    let answer = await once();
    const first = answer?.status ?? null;
    const within = isKilled();
    if (!within) void strike();
    let asked = 1;
    while (!answer || answer.status >= 500) {
      assert.ok(asked < 200, `nothing was acknowledged: ${JSON.stringify(answer?.body)}`);
      await sleep(200);
      answer = await once();
      asked += 1;
    }
    await fallen;
    hits.push({ ...blow, first, asked, within });
    return answer;
  }

  /** What is sent once more, when all runs again. */
  const again = <Body>(sent: Sent): Promise<Heard<Body>> =>
    eventually(
      'it is answered again',
      async () => {
        const answer = await ask<Body>(rig.gatewayUrl, sent.method, sent.path, sent);
        return answer.status < 500 && answer;
      },
      180,
    );

  test('what was acknowledged is there, and what is repeated happens once', async (t) => {
    t.diagnostic(`${KILLS} kills, seed ${seed}`);
    const ids: string[] = [];
    for (const [number, blow] of blows.slice(0, half).entries()) {
      const application = await withContent(await individualNumber(number));
      const { applicationId } = application;
      const start: Sent = {
        ...{ method: 'PUT', path: `/v1/individuals/${applicationId}`, body: application },
        headers: blow.waits ? { prefer: 'wait=10' } : {},
      };
      const started = await hit<{ workflowId: string }>(blow, start);
      assert.ok([200, 202].includes(started.status), JSON.stringify(started.body));
      const found = await again<{ workflowId: string }>(start);
      assert.deepEqual([found.status, found.body.workflowId], [200, started.body.workflowId]);
      ids.push(found.body.workflowId);
    }

    for (const [number, blow] of blows.slice(half).entries()) {
      const path = `/v1/cases/individual/${ids[number]!.split('/')[2]}`;
      const shown = await eventually(
        `${path} can be decided on`,
        async () => {
          const { status, body } = await ask<CaseView>(rig.gatewayUrl, 'GET', `${path}/review`);
          return status === 200 && body.review.stage === 'inReview' && body;
        },
        300,
      );
      const { customerId, verificationId } = shown.ids;
      const decision = {
        ...{ decisionId: `d-${number}`, round: 1, verdict: 'approve', operator: { id: 'op-1' } },
        ...{ evidenceHash: shown.evidenceHash, subject: { customerId, verificationId } },
      };
      const sent: Sent = { method: 'POST', path: `${path}/decisions`, body: decision, key: `d-${number}` };
      const decided = await hit<{ accepted: boolean }>(blow, sent);
      assert.deepEqual([decided.status, decided.body.accepted], [200, true], JSON.stringify(decided.body));
      assert.deepEqual((await again(sent)).body, decided.body);
    }

    const client = await rig.connect();
    try {
      for (const id of ids.slice(0, KILLS - half)) {
        const end = await eventually(
          `${id} has ended`,
          async () => {
            const status = await client.status(id);
            return status.outcome ?? false;
          },
          600,
        );
        assert.equal(end.result, 'active', id);
        const { heard, status } = await finalHistory(client.temporal, id, true);
        assert.equal(status, 'COMPLETED', id);
        const counted = heard.filter(({ name, answer }) => name === 'decideVerification' && answer?.accepted);
        assert.equal(counted.length, 1, id);
        const runs = client.temporal.workflow.list({ query: `WorkflowId = "${id}"` });
        let started = 0;
        for await (const { raw } of runs) started += raw.firstRunId === raw.execution!.runId ? 1 : 0;
        assert.ok(started <= 1, `${id} was started ${started} times`);
      }
    } finally {
      await client.close();
    }
    assert.deepEqual(madeTwice(await rig.finhub.ledger()), []);
    assert.ok(await rig.finhub.isBalanced());
    const customers = await rig.finhub.table<{ email: string; origin: string }>('customers');
    assert.equal(customers.filter(({ origin }) => origin === 'registration').length, ids.length);
    for (const line of text()) t.diagnostic(line);
    assert.ok(hits.filter(({ within }) => within).length >= KILLS / 3, 'most blows fell after the answer');
  });

  function text(): string[] {
    const of = (which: (hit: Hit) => boolean): number => hits.filter(which).length;
    return [
      ...PARTS.map((part) => {
        const own = hits.filter((one) => one.part === part);
        const within = own.filter((one) => one.within);
        const unanswered = within.filter(({ first }) => first === null || first >= 500).length;
        return `${part}: ${own.length} kills, ${within.length} before the answer; ${unanswered} of those requests were not acknowledged at once`;
      }),
      `${of(({ first }) => first === null)} requests without any answer, ${of(({ first }) => first === 503)} answered 503; at most ${Math.max(...hits.map(({ asked }) => asked))} repeats`,
    ];
  }
});
