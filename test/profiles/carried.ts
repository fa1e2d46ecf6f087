import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, before, describe, test, type TestContext } from 'node:test';
import type { ProfileName } from '../../sandbox/profiles/profile.js';
import { anIndividual, anOrganization } from '../helpers/applications.js';
import { inventory, madeTwice } from '../helpers/finhub.js';
import type { Lane, LaneOptions } from '../helpers/lane.js';
import { startTimeSkipping, type TimeSkipping } from '../helpers/time-skipping.js';

const APPLICATIONS = { individual: anIndividual, organization: anOrganization };
const KINDS = ['individual', 'organization'] as const;

/** Share of calls that meet a fault. */
const FAULT_RATE = 0.1;

/** Milliseconds, both; what FinHub does late it does within the HTTP timeout. */
const ENVIRONMENT = { FINHUB_TIMEOUT_MS: '800' };

/** A lifecycle that needs more people's help than this is stuck. */
const MOST_ATTENTIONS = 10;

/** Both example lifecycles against each form in which FinHub's documents show its answers. */
export function describeProfiles(profiles: readonly ProfileName[]): void {
  carrying('the form of answers', (lane) => {
    for (const profile of profiles) {
      for (const kind of KINDS) {
        test(`${profile}: ${kind}`, async (t) => {
          const attentions = await carry(await lane({ sandbox: { profile } }), kind, t);
          assert.equal(attentions, 0);
        });
      }
    }
  });
}

/** Lifecycles of which every tenth call meets a fault of any kind; somebody tries again what needs attention. */
export function describeFaults(rounds: number): void {
  carrying('random faults', (lane) => {
    for (let round = 1; round <= rounds; round += 1) {
      for (const kind of KINDS) {
        test(`${kind}, ${round}`, async (t) => {
          const seed = Number(process.env['FAULT_SEED'] ?? randomInt(2 ** 31));
          t.diagnostic(`seed ${seed} (FAULT_SEED repeats it)`);
          const faulty = await lane({ sandbox: { faultRate: FAULT_RATE, seed }, env: ENVIRONMENT });
          const attentions = await carry(faulty, kind, t);
          t.diagnostic(`${attentions} times a person was asked`);
        });
      }
    }
  });
}

/** A group of tests with lanes of their own, some at a time. */
function carrying(what: string, tests: (lane: (options: LaneOptions) => Promise<Lane>) => void): void {
  describe(what, { concurrency: 4 }, () => {
    let time: TimeSkipping;
    before(async () => {
      time = await startTimeSkipping();
    });
    after(() => time.stop());
    tests((options) => time.lane(options));
  });
}

/** Carries an application to its end and sees that everything is there once; returns how often a person was asked. */
async function carry(lane: Lane, kind: (typeof KINDS)[number], t: TestContext): Promise<number> {
  const id = await lane.start(await APPLICATIONS[kind]());
  for (let attentions = 0; attentions < MOST_ATTENTIONS; attentions += 1) {
    const ended = await lane.finish(id).catch((error: unknown) => retried(lane, id, error));
    if (!ended) continue;
    assert.equal(ended.status, 'completed');
    const ledger = await lane.finhub.ledger();
    assert.deepEqual(madeTwice(ledger), []);
    assert.equal(await lane.finhub.isBalanced(), true);
    t.diagnostic(JSON.stringify(inventory(ledger)));
    return attentions;
  }
  return assert.fail(`${id} was asked about more than ${MOST_ATTENTIONS} times`);
}

/** Answers what needs attention with another try; anything else that went wrong is told. */
async function retried(lane: Lane, id: string, error: unknown): Promise<undefined> {
  const { attention } = await lane.client.caseView(id);
  if (!attention) throw error;
  const { attentionId } = attention;
  await lane.client.resolveAttention(id, { attentionId, action: 'retry', by: 'op-1' });
}
