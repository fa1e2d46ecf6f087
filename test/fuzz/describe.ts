import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { approveAs } from '../../dev/demo/carry.js';
import { SANDBOX_TENANT } from '../../sandbox/fixtures.js';
import type { IndividualInput } from '../../src/client/index.js';
import { customerCaseId, transferId } from '../../src/lifecycle/ids.js';
import { anIndividual } from '../helpers/applications.js';
import { eventually } from '../helpers/eventually.js';
import type { Lane } from '../helpers/lane.js';
import { startTimeSkipping, type TimeSkipping } from '../helpers/time-skipping.js';
import { failedTasks } from '../helpers/workflow-tasks.js';
import { change } from './changes.js';
import { startChangingProxy, type ChangingProxy, type Plan } from './changing-proxy.js';
import { send, sent } from './messages.js';

/** Runs of each property, and what is tried in each at once: cases with changed answers, messages to a case. */
export interface Effort {
  answers: { runs: number; cases: number };
  messages: { runs: number; messages: number };
  /** Draws the same each time; by default another each time. */
  seed?: number;
}

/** How often as long another case may take beside those that are tried on: a broken one must not hold up anybody else. */
const SLOWER = 20;
/** Retries that a person asks for before they give up. */
const RETRIES = 2;
/** How long a case may wait for FinHub, or between two tries, before somebody gives it up. */
const WAITS_MS = 4000;

let addresses = 0;
const anAddress = (): string => `198.18.${Math.floor((addresses += 1) / 250)}.${addresses % 250}`;

export function describeFuzz({ answers, messages, seed }: Effort): void {
  // A run takes long, so that a failure is told as it is; FUZZ_SEED repeats it.
  const drawn = Number(process.env['FUZZ_SEED'] ?? seed ?? Math.floor(Math.random() * 2 ** 31));
  const PARAMETERS = { seed: drawn, endOnFailure: true, verbose: 1 } as const;

  let time: TimeSkipping;
  let proxy: ChangingProxy;
  let lane: Lane;
  before(async () => {
    time = await startTimeSkipping();
    proxy = await startChangingProxy();
    lane = await time.lane({
      env: {
        FINHUB_BASE_URL: proxy.url,
        FINHUB_LEGACY_BASE_URL: proxy.url,
        FINHUB_TIMEOUT_MS: '2000',
        // An answer that reads as a refusal of the service's own login pauses everybody; a minute of that is another test's.
        FINHUB_LOGIN_RETRY_SECONDS: '1',
      },
    });
    proxy.target = lane.finhub.url;
  });
  after(async () => {
    await time.stop();
    await proxy.close();
  });

  /** Milliseconds that a case takes from its start to its end, untouched by anything. */
  async function untouched(): Promise<number> {
    const from = performance.now();
    const id = await lane.toReview(await anIndividual({ payments: null }));
    assert.equal((await lane.finish(id)).outcome?.result, 'active');
    return performance.now() - from;
  }

  async function beside(work: Promise<unknown>, alone: number): Promise<void> {
    const [took] = await Promise.all([untouched(), work]);
    assert.ok(took < SLOWER * alone, `a case beside took ${took} ms; alone it took ${alone} ms`);
  }

  /** No workflow task of the case, its customer's or its transfer's has failed. */
  async function noTaskFailed(id: string, { payments }: IndividualInput): Promise<void> {
    const { ids } = await lane.client.caseView(id);
    const others = [
      ...(ids.customerId ? [customerCaseId(SANDBOX_TENANT.id, ids.customerId)] : []),
      ...(payments?.transfer ? [transferId(SANDBOX_TENANT.id, payments.transfer.reference)] : []),
    ];
    for (const workflowId of [id, ...others]) {
      const handle = lane.temporal.workflow.getHandle(workflowId);
      const history = await handle.fetchHistory().catch(() => undefined);
      assert.deepEqual(failedTasks(history?.events).why, [], workflowId);
    }
  }

  /** People do what they can: decide, bring the code, retry. */
  async function carried(id: string, email: string): Promise<'ended' | 'asks' | 'waits'> {
    let retried = 0;
    let since = performance.now();
    let seen = '';
    return eventually(`${id} goes on or asks a person`, async () => {
      const told = await lane.client.status(id);
      if (told.stale) return false;
      if (told.outcome) return 'ended';
      const now = JSON.stringify([told.phase, told.waitingOn, told.attention]);
      if (now !== seen) [seen, since] = [now, performance.now()];
      const isQuiet = performance.now() - since > WAITS_MS;
      if (told.status === 'needsAttention') {
        if (retried === RETRIES) return 'asks';
        const { attention } = await lane.client.caseView(id);
        if (!attention) return false;
        const { attentionId } = attention;
        const answer = await lane.client.resolveAttention(id, { attentionId, action: 'retry', by: 'op-1' });
        if (answer.accepted) retried += 1;
        return false;
      }
      const { who, what } = told.waitingOn ?? {};
      if (who === 'operator') await approveAs(lane.client, id, 'op-2').catch(() => {});
      if (what === 'activation code') {
        const mails = await lane.finhub.mails(email);
        await lane.client.submitActivationCode(id, mails.at(-1)?.code ?? 'none');
      }
      return isQuiet && (who === undefined || who === 'finhub' || who === 'customer') ? 'waits' : false;
    });
  }

  /** A message that is right is taken, and the case can be ended. */
  async function takesMessages(id: string): Promise<void> {
    assert.ok((await lane.client.note(id, { by: 'op-1', text: 'looked at it' })).accepted);
    const { notes } = await lane.client.caseView(id);
    assert.ok(notes.some(({ text }) => text === 'looked at it'));
  }

  test('whatever FinHub answers, a case goes on or asks a person, and others do not notice', async (t) => {
    const alone = await untouched();
    const reached = { met: 0, ended: 0, asks: 0, waits: 0 };
    const one = async (planned: Plan): Promise<void> => {
      const ipAddress = anAddress();
      const application = await anIndividual({ origin: { ipAddress } });
      const met = proxy.plan(ipAddress, planned);
      const id = await lane.start(application);
      const end = await carried(id, application.person.email);
      if (end !== 'ended') await takesMessages(id);
      await noTaskFailed(id, application);
      reached[end] += 1;
      if (met.length > 0) reached.met += 1;
    };
    const plan: fc.Arbitrary<Plan> = fc.record({ from: fc.nat(24), times: fc.integer({ min: 1, max: 3 }), change });
    const { runs, cases } = answers;
    const plans = fc.array(plan, { minLength: cases, maxLength: cases });
    await fc.assert(
      fc.asyncProperty(plans, (planned) => beside(Promise.all(planned.map(one)), alone)),
      { ...PARAMETERS, numRuns: runs },
    );
    t.diagnostic(JSON.stringify(reached));
    assert.ok(reached.met >= (runs * cases) / 4, 'changes have met calls');
    assert.ok(reached.ended > 0, 'some cases ended by themselves');
  });

  test('whatever is sent to a case, it takes what is right afterwards and goes on, and others do not notice', async () => {
    const alone = await untouched();
    const id = () => anIndividual({ payments: null }).then((application) => lane.toReview(application));
    const seeing = fc.asyncProperty(
      fc.array(sent, { minLength: messages.messages, maxLength: messages.messages }),
      async (batch) => {
        const victim = await id();
        await beside(Promise.all(batch.map((one) => send(lane.temporal, victim, one))), alone);
        await takesMessages(victim);
        await noTaskFailed(victim, await anIndividual({ payments: null }));
        assert.equal((await lane.finish(victim)).outcome?.result, 'active');
      },
    );
    await fc.assert(seeing, { ...PARAMETERS, numRuns: messages.runs });
  });
}
