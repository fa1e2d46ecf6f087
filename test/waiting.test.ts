import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { LifecycleStatus } from '../src/client/index.js';
import { approveAs } from '../dev/demo/carry.js';
import { EXAMPLES } from '../dev/demo/examples.js';
import { INDIVIDUAL_PHASES, ORGANIZATION_PHASES } from '../src/lifecycle/phases.js';
import { anIndividual, anOrganization, papersOf } from './helpers/applications.js';
import { eventually } from './helpers/eventually.js';
import type { FaultOrder } from './helpers/finhub.js';
import type { Lane } from './helpers/lane.js';
import { startTimeSkipping, type TimeSkipping } from './helpers/time-skipping.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** FinHub takes its time, so that each of its waits can be seen; after an outage it is asked again soon. */
const SLOW_FINHUB = {
  sandbox: { activationDelayMs: MINUTE, settlementDelayMs: MINUTE },
  env: { FINHUB_TIMEOUT_MS: '300', FINHUB_VERDICT_POLL_SECONDS: '900' },
};

/** A wait as `status` shows it, and what ends it. */
interface Expected {
  phase: string;
  who: 'customer' | 'operator' | 'finhub';
  what: RegExp;
  /** Whether it is due at a time. */
  due?: boolean;
  /** Codes of what is missing, with the field or document. */
  requirements?: string[];
  /** A step of virtual time that leads to the wait, for those that come after quick tries. */
  reachedIn?: number;
  /** Ends the wait; called until it has ended. */
  end: (id: string) => Promise<unknown>;
}

/** For a busy machine, and for a query of a transfer's that the test server loses and the activity asks again after ten seconds. */
const PATIENCE_SECONDS = 180;

describe('what status shows of every wait', { concurrency: false }, () => {
  let time: TimeSkipping;
  let lane: Lane;
  before(async () => {
    time = await startTimeSkipping();
    lane = await time.lane(SLOW_FINHUB);
  });
  after(() => time.stop());

  const passing = (milliseconds: number) => () => time.skip(milliseconds);

  /** A call that FinHub does not serve for as long as quick tries are made. */
  function outage(phase: string, operation: string): Expected {
    return {
      phase,
      who: 'finhub',
      what: new RegExp(`^${operation} to succeed: FinHubUn(available|reachable)$`),
      reachedIn: MINUTE,
      end: passing(15 * MINUTE),
    };
  }
  const unserved = (method: string, path: string): FaultOrder => ({ method, path, kind: 'refuse-503', times: 10 });
  const settling = (what: RegExp, phase: string): Expected => ({
    phase,
    who: 'finhub',
    what,
    end: passing(20 * SECOND),
  });

  const decision = (what: RegExp): Expected => ({
    phase: 'verification',
    who: 'operator',
    what,
    due: true,
    end: (id) => approveAs(lane.client, id, 'op-1'),
  });

  test('of a person', async () => {
    const { consents, ...application } = await anIndividual({ documents: [] });
    const individual = '/api/v2.1/customer/individual';
    await lane.finhub.inject(
      unserved('POST', `${individual}/registration`),
      unserved('POST', `${individual}/{customerId}/users/{userId}/sessions`),
      unserved('GET', '/api/v2.1/fintrans/{accountId}/balance'),
    );
    const documents = await papersOf('individual');
    const waits: Expected[] = [
      outage('registration', 'registerIndividual'),
      outage('session', 'openSession'),
      {
        phase: 'verification',
        who: 'customer',
        what: /^documents$/,
        due: true,
        requirements: ['document PASSPORT', 'document PROOF_OF_ADDRESS', 'document SOURCE_OF_FUNDS'],
        end: (id) => lane.client.submitDocuments(id, { submittedBy: 'backoffice', documents }, { folder: EXAMPLES }),
      },
      decision(/^decision on round 1/),
      {
        phase: 'consents',
        who: 'customer',
        what: /^consents$/,
        due: true,
        requirements: ['consent terms', 'consent privacy', 'consent data-processing'],
        end: (id) => lane.client.acceptConsents(id, consents!),
      },
      settling(/^readiness for activation$/, 'activation'),
      {
        phase: 'activation',
        who: 'customer',
        what: /^activation code$/,
        due: true,
        requirements: ['activationCode code'],
        end: async (id) => lane.client.submitActivationCode(id, await lane.activationCode(id)),
      },
      settling(/^wallet and IBAN$/, 'activation'),
      outage('wallet', 'readWallet'),
      settling(/^transfer\/\S+ to end$/, 'payments'),
    ];
    await walk(await lane.start(application), waits);
    assertEveryPhaseWaits(waits, INDIVIDUAL_PHASES);
  });

  test('of an organization', async () => {
    const organization = '/api/v2.1/customer/organization';
    await lane.finhub.inject(
      unserved('POST', `${organization}/registration`),
      unserved('POST', `${organization}/{organizationId}/shareholders`),
      unserved('POST', '/api/v2.1/fintrans/{accountId}/beneficiaries'),
      unserved('POST', '/api/v2.1/consents/{consentId}/approve'),
    );
    const { consents, ...application } = await anOrganization();
    const waits: Expected[] = [
      outage('registration', 'registerOrganization'),
      outage('personnel', 'addShareholder'),
      decision(/^decision on round 1/),
      {
        phase: 'consents',
        who: 'customer',
        what: /^consents$/,
        due: true,
        requirements: ['consent terms', 'consent privacy', 'consent data-processing'],
        end: (id) => lane.client.acceptConsents(id, consents!),
      },
      settling(/^readiness for activation$/, 'activation'),
      settling(/^wallet and IBAN$/, 'activation'),
      outage('beneficiaries', 'addBeneficiary'),
      outage('paymentConsent', 'approvePaymentConsent'),
      settling(/^topup \S+ to be settled$/, 'transactions'),
      settling(/^transfer\/\S+ to end$/, 'transactions'),
    ];
    await walk(await lane.start(application), waits);
    assertEveryPhaseWaits(waits, ORGANIZATION_PHASES);
  });

  /** Goes from wait to wait, to the end of the lifecycle. */
  async function walk(id: string, waits: Expected[]): Promise<void> {
    for (const expected of waits) {
      const status = await reach(id, expected);
      assertShown(status, expected);
      await eventually(
        `${id}: the end of ${expected.what}`,
        async () => {
          if (!isAt(await told(id), expected)) return true;
          await expected.end(id);
          return false;
        },
        PATIENCE_SECONDS,
      );
    }
    const { status } = await lane.client.wait(id, 'done', { timeoutMs: 30_000 });
    assert.equal(status.status, 'completed');
  }

  function reach(id: string, expected: Expected): Promise<LifecycleStatus> {
    let last: LifecycleStatus | undefined;
    return eventually(`${id}: ${expected.what}`, async () => {
      last = await told(id);
      if (isAt(last, expected)) return last;
      if (expected.reachedIn !== undefined) await time.skip(expected.reachedIn);
      return undefined;
    }).catch((error: unknown) => {
      throw new Error(`${(error as Error).message}; last seen: ${JSON.stringify(last)}`, { cause: error });
    });
  }

  async function told(id: string): Promise<LifecycleStatus> {
    const status = await lane.client.status(id);
    assert.ok(!status.stale);
    return status;
  }

  const isAt = ({ phase, waitingOn }: LifecycleStatus, expected: Expected): boolean =>
    phase === expected.phase && waitingOn?.who === expected.who && expected.what.test(waitingOn.what);
});

function assertShown(status: LifecycleStatus, { what, due = false, requirements = [] }: Expected): void {
  const { waitingOn, phases } = status;
  const about = `${what}: ${JSON.stringify(waitingOn)}`;
  assert.equal(status.status, 'waiting', about);
  assert.equal(status.outcome, null, about);
  const active = phases.filter((phase) => phase.status === 'active');
  assert.deepEqual(
    active.map(({ name }) => name),
    [status.phase],
    about,
  );
  assert.ok(Date.parse(waitingOn!.since) >= Date.parse(active[0]!.startedAt!), about);
  assert.equal(
    waitingOn!.dueAt !== undefined && Date.parse(waitingOn!.dueAt) > Date.parse(waitingOn!.since),
    due,
    about,
  );
  assert.deepEqual(
    status.requirements.map(({ code, field, document }) => `${code} ${field ?? document}`),
    requirements,
    about,
  );
  assert.ok(status.requirements.every(({ message }) => message.length > 0));
}

function assertEveryPhaseWaits(waits: Expected[], phases: readonly { name: string }[]): void {
  const seen = new Set(waits.map(({ phase }) => phase));
  assert.deepEqual(
    [...seen],
    phases.map(({ name }) => name),
  );
}
