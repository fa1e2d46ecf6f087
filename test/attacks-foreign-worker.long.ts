import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import { WorkflowNotFoundError } from '@temporalio/client';
import { approveAs } from '../dev/demo/carry.js';
import { EXAMPLES } from '../dev/demo/examples.js';
import { EndedCases } from '../src/client/ended-cases.js';
import { NoAnswer, type OnboardingClient } from '../src/client/index.js';
import { readRows } from '../src/client/list.js';
import { WORKFLOW_TYPES } from '../src/lifecycle/ids.js';
import { ForeignWorker } from './attacks/foreign-worker.js';
import { startStronghold, type Stronghold } from './attacks/stronghold.js';
import { anIndividual, anOrganization } from './helpers/applications.js';
import { madeTwice } from './helpers/finhub.js';

const LIFECYCLES = 30;
const ATTACK_MS = 60_000;
const PATIENCE_MS = 1_200_000;
const POLLERS = 8;
/** Tries of a workflow task, or questions without an answer, after which a case counts as standing still. */
const TRIES = 4;
/** Looks through which a case has nothing under way and moves by nothing, after which it counts as standing still. */
const LOOKS = 15;

describe('a foreign worker on our task queue', { timeout: 1_800_000 }, () => {
  let hold: Stronghold;
  before(async () => {
    hold = await startStronghold({ FINHUB_TIMEOUT_MS: '2000' });
  });
  after(() => hold?.stop());

  test('brings about nothing at FinHub; every case that it ended is reported, and finished once it is resumed', async (t) => {
    const { lane, attacker } = hold;
    // Whoever asks gives up soon: the foreign worker draws questions as well, and answers none.
    const soon = { answerSeconds: 10, questionSeconds: 5 };
    const backend = hold.as('backend').patient(soon);
    const operator = hold.as('op-2').patient(soon);
    const foreign = new ForeignWorker(attacker, POLLERS);
    const ids: string[] = [];
    /** People decide on two of three while it is at work. */
    const decided = (): string[] => ids.filter((_, index) => index % 3 !== 0);
    // Started all the while, since a worker keeps a case's later tasks to itself.
    const end = Date.now() + ATTACK_MS;
    for (; Date.now() < end || ids.length < LIFECYCLES; await pause(ATTACK_MS / LIFECYCLES)) {
      if (ids.length < LIFECYCLES) ids.push(await startOne(backend, ids.length));
      void Promise.all(decided().map((id) => approveAs(operator, id, 'op-2').catch(() => {})));
    }
    await foreign.stop();
    t.diagnostic(`the foreign worker: ${JSON.stringify(foreign.deeds)}`);
    const verifications = await lane.finhub.table<{ status: string }>('verifications');
    const approved = verifications.filter(({ status }) => status === 'APPROVED').length;
    assert.ok(approved <= decided().length, `${approved} are approved, and people decided on ${decided().length} only`);

    const people = new People(hold, backend, operator);
    const left = new Set(ids);
    for (
      const end = Date.now() + PATIENCE_MS;
      (left.size > 0 || !people.customersAnswer) && Date.now() < end;
      await pause(1000)
    ) {
      await people.look();
      await Promise.all([...left].map(async (id) => (await people.goOn(id)) && left.delete(id)));
    }
    t.diagnostic(JSON.stringify({ lifecycles: ids.length, approvedDuringTheAttack: approved, ...people.counts }));
    assert.deepEqual([...left], [], people.refusals.join('\n'));
    assert.ok(people.customersAnswer, people.refusals.join('\n'));
    assert.ok(people.counts.reported > 0, 'the foreign worker ended nothing');
    assert.deepEqual(madeTwice(await lane.finhub.ledger()), []);
    assert.ok(await lane.finhub.isBalanced());
  });

  async function startOne(backend: OnboardingClient, index: number): Promise<string> {
    const started =
      index % 5 === 4
        ? await backend.startOrganization(await anOrganization(), { folder: EXAMPLES })
        : await backend.startIndividual(await anIndividual(), { folder: EXAMPLES });
    return started.workflowId;
  }
});

type Found = 'absent' | 'running' | 'ended' | 'active';

/** Who looks after cases, by the runbook. */
class People {
  readonly counts = { reported: 0, resumed: 0, stoodStill: 0, askedAPerson: 0 };
  readonly refusals: string[] = [];
  /** Whether the case of each customer did at the last look. */
  customersAnswer = false;
  readonly #watch: EndedCases;
  readonly #reported = new Set<string>();
  #now = new Set<string>();
  readonly #unanswered = new Map<string, number>();
  /** By case: how it stood, and through how many looks. */
  readonly #still = new Map<string, { as: string; looks: number }>();

  readonly #hold: Stronghold;
  readonly #backend: OnboardingClient;
  readonly #operator: OnboardingClient;

  constructor(hold: Stronghold, backend: OnboardingClient, operator: OnboardingClient) {
    this.#hold = hold;
    this.#backend = backend;
    this.#operator = operator;
    this.#watch = new EndedCases(hold.lane.temporal, { readResults: true });
  }

  /** What `operator queue` lists as ended. */
  async look(): Promise<void> {
    this.#now = new Set((await this.#watch.look()).map(({ workflowId }) => workflowId));
    for (const id of this.#now) this.#reported.add(id);
    this.counts.reported = this.#reported.size;
    const query = `WorkflowType = '${WORKFLOW_TYPES.customer}' AND ExecutionStatus != 'ContinuedAsNew'`;
    const customers = (await readRows(this.#hold.lane.temporal, query, 1000)).infos;
    const ids = [...new Set(customers.map(({ execution }) => execution!.workflowId!))];
    const found = await Promise.all(ids.map((id) => this.#lookAfter(id, true)));
    this.customersAnswer = found.every((one) => one === 'running');
  }

  /** Whether a lifecycle is active now. */
  async goOn(id: string): Promise<boolean> {
    const [, tenant, name] = id.split('/');
    const transfer = await this.#lookAfter(`transfer/${tenant}/${name}-first`);
    return (await this.#lookAfter(id, transfer === 'running')) === 'active';
  }

  async #lookAfter(id: string, waits = false): Promise<Found | undefined> {
    try {
      return await this.#seeTo(id, waits);
    } catch (error) {
      if (error instanceof NoAnswer) this.#unanswered.set(id, (this.#unanswered.get(id) ?? 0) + 1);
      else this.refusals.push(`${id}: ${String(error)}`);
      return undefined;
    }
  }

  async #seeTo(id: string, waits = false): Promise<Found> {
    const found = await this.#hold.lane.temporal.workflow
      .getHandle(id)
      .describe()
      .catch((error: unknown) => {
        if (error instanceof WorkflowNotFoundError) return undefined;
        throw error;
      });
    if (!found) return 'absent';
    if (found.status.name !== 'RUNNING') {
      if (id.startsWith('transfer/')) return 'ended';
      // No case that was ended is resumed before it was reported.
      if (this.#now.has(id)) {
        await this.#backend.resume(id);
        this.counts.resumed += 1;
        return 'running';
      }
      return (await this.#backend.status(id)).outcome?.result === 'active' ? 'active' : 'ended';
    }
    const { pendingWorkflowTask, pendingActivities = [] } = found.raw;
    const isIdle = !waits && !pendingWorkflowTask && pendingActivities!.length === 0;
    const still = this.#looksAs(id, isIdle ? `${found.runId} ${found.historyLength}` : undefined);
    const standsStill =
      (pendingWorkflowTask?.attempt ?? 0) >= TRIES || still >= LOOKS || (this.#unanswered.get(id) ?? 0) >= TRIES;
    if (standsStill) {
      this.counts.stoodStill += 1;
      this.#unanswered.delete(id);
      await this.#hold.attacker.terminate(id);
    } else await this.#settle(id);
    return 'running';
  }

  /** Through how many looks a case has stood like this. */
  #looksAs(id: string, as: string | undefined): number {
    const before = this.#still.get(id);
    if (as === undefined) this.#still.delete(id);
    else this.#still.set(id, { as, looks: before?.as === as ? before.looks + 1 : 1 });
    return this.#still.get(id)?.looks ?? 0;
  }

  async #settle(id: string): Promise<void> {
    const view = await this.#operator.caseView(id);
    this.#unanswered.delete(id);
    if (view.attention) {
      this.counts.askedAPerson += 1;
      const { attentionId } = view.attention;
      await this.#operator.resolveAttention(id, { attentionId, action: 'retry', by: 'op-2' });
    }
    if (view.review.stage === 'inReview') await approveAs(this.#operator, id, 'op-2');
  }
}
