import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { businessTimes } from '../src/activities/business-times.js';
import type { CurrentStatus } from '../src/client/index.js';
import { renewalTime, type Customer, type PaymentConsent } from '../src/lifecycle/customer.js';
import { customerCaseId } from '../src/lifecycle/ids.js';
import type { Calendar } from '../src/policies/policy-file.js';
import { SANDBOX_TENANT } from '../sandbox/fixtures.js';
import { usage } from '../sandbox/payment-consents.js';
import { anIndividual } from './helpers/applications.js';
import { eventually } from './helpers/eventually.js';
import type { Lane } from './helpers/lane.js';
import { MOMENT_NAMES, nextMoment, readMoment, ZONE, type MomentName } from './helpers/moments.js';
import { BrokenPromise, PhaseWatch } from './helpers/phase-watch.js';
import { startTimeSkipping, type TimeSkipping } from './helpers/time-skipping.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const EARLY = new Date('2026-11-30T05:49:48.000Z');

describe('moments at which tests run', () => {
  const EXPECTED: Record<MomentName, string> = {
    '00:30': '2026-12-01T00:30:00.000Z',
    '06:00': '2026-12-01T06:00:00.000Z',
    '11:59': '2026-11-30T11:59:00.000Z',
    '18:00': '2026-11-30T18:00:00.000Z',
    '23:59': '2026-11-30T23:59:00.000Z',
    'month-end': '2026-11-30T23:59:00.000Z',
    'leap-day': '2028-02-29T12:00:00.000Z',
    'clocks-forward': '2027-03-28T00:59:00.000Z',
    'clocks-back': '2027-10-31T00:59:00.000Z',
  };
  for (const name of MOMENT_NAMES) {
    test(`${name} is the next one`, () => {
      assert.equal(nextMoment(name, EARLY).toISOString(), EXPECTED[name]);
      assert.ok(nextMoment(name, nextMoment(name, EARLY)) > nextMoment(name, EARLY));
    });
  }

  test('are given by name or as a time, and nothing else', () => {
    assert.equal(readMoment('2028-02-29T23:59:00Z', EARLY).toISOString(), '2028-02-29T23:59:00.000Z');
    assert.throws(() => readMoment('noon', EARLY), /"noon" is no moment: give an ISO 8601 time or one of 00:30/);
  });
});

describe('by the calendar, from every moment on', () => {
  const calendar: Calendar = { timeZone: ZONE, weekend: [6, 7], holidays: [] };
  const hourOf = (at: Date | string): string =>
    new Date(at).toLocaleTimeString('en-GB', { timeZone: ZONE, hour: '2-digit', minute: '2-digit' });
  const isWorkday = (at: Date): boolean =>
    !['Sat', 'Sun'].includes(at.toLocaleDateString('en-GB', { timeZone: ZONE, weekday: 'short' }));

  for (const name of MOMENT_NAMES) {
    const moment = nextMoment(name, EARLY);

    test(`${name}: deadlines keep the local hour, or begin with the next business day`, () => {
      const { reminder, due, expiry } = businessTimes(calendar, moment.toISOString(), {
        reminder: 1,
        due: 2,
        expiry: 10,
      });
      const wanted = isWorkday(moment) ? hourOf(moment) : '00:00';
      assert.deepEqual(
        [reminder, due, expiry].map((at) => hourOf(at!)),
        [wanted, wanted, wanted],
      );
      assert.ok(moment.toISOString() < reminder! && reminder! < due! && due! < expiry!);
      assert.ok([reminder, due, expiry].every((at) => isWorkday(new Date(at!))));
    });

    test(`${name}: a consent is renewed a tenth of its time before its end, a month at most`, () => {
      for (const [validDays, lead] of [
        [1, 0.1],
        [10, 1],
        [100, 10],
      ] as const) {
        const end = new Date(Math.ceil((moment.getTime() + validDays * DAY) / DAY) * DAY - 1000).toISOString();
        const consent = { validUntil: end, terms: { validDays } } as PaymentConsent;
        const renewal = renewalTime(consent).getTime();
        assert.equal(renewal, Date.parse(end) - lead * DAY);
        assert.ok(renewal > moment.getTime(), `${validDays} days: it would be renewed as soon as it is given`);
      }
    });

    test(`${name}: the sandbox counts what was paid by UTC days and months`, () => {
      const paid = (at: number) => ({ executedAt: new Date(at).toISOString(), amount: 1 });
      const midnight = Math.floor(moment.getTime() / DAY) * DAY;
      const orders = [midnight - 1, midnight, moment.getTime()].map(paid) as unknown as Parameters<typeof usage>[0];
      assert.equal(usage(orders, moment.getTime()).countToday, 2);
      const sameMonth = new Date(midnight - 1).getUTCMonth() === moment.getUTCMonth();
      assert.equal(usage(orders, moment.getTime()).thisMonth, sameMonth ? 3 : 2);
    });
  }
});

describe('a case that begins at a moment', { concurrency: false }, () => {
  let time: TimeSkipping;
  let lane: Lane;
  before(async () => {
    time = await startTimeSkipping();
    lane = await time.lane({ env: { FINHUB_VERDICT_POLL_SECONDS: '86400' } });
  });
  afterEach(() => time.takeBackFaults());
  after(() => time.stop());

  for (const name of ['00:30', '11:59', '23:59'] as const) {
    test(`${name}: reaches its account, and its payment consent is renewed in time`, async () => {
      const moment = nextMoment(name, new Date(await time.now()));
      await time.skip(moment.getTime() - (await time.now()));
      const payments = {
        consent: {
          title: 'Rent',
          validDays: 10,
          perTransaction: { value: '500.00', currency: 'EUR' },
          perDay: { value: '1200.00', currency: 'EUR' },
          transactionsPerDay: 50,
        },
        transfer: null,
      };
      const lifecycle = await lane.start(await anIndividual({ payments }));
      const { ids } = await lane.finish(lifecycle);
      const customer = customerCaseId(SANDBOX_TENANT.id, ids.customerId!);
      const consent = async () =>
        (await lane.temporal.workflow.getHandle(customer).query<Customer>('customer')).consent!;
      const first = await consent();
      const renewal = renewalTime(first).getTime();
      await time.skip(renewal - (await time.now()) - MINUTE);
      assert.deepEqual(await consent(), first, 'a minute before, it is as it was');
      await time.skip(2 * MINUTE);
      const next = await eventually('the consent is renewed', async () => {
        const now = await consent();
        return now.consentId !== first.consentId && now;
      });
      assert.ok(next.validUntil > first.validUntil);
    });
  }

  test('tells how it stands when a test waited for it in vain', async () => {
    const id = await lane.toReview(await anIndividual());
    await assert.rejects(
      eventually('something that never comes', async () => (await lane.client.status(id)) && undefined, 0.2),
      ({ message }: Error) => {
        assert.match(message, /^waited 0.2 s in vain: something that never comes\n/);
        assert.match(message, new RegExp(`${id}: waiting in verification, .*"who":"operator".*"attention":null`));
        return true;
      },
    );
  });
});

test('a phase that goes back is seen, in every test that looks at a status', async () => {
  const at = (...statuses: string[]) =>
    ({
      stale: false,
      phases: statuses.map((status, index) => ({ name: `p${index}`, status, startedAt: 's' })),
    }) as unknown as CurrentStatus;
  const watch = new PhaseWatch();
  for (const seen of [at('active', 'pending'), at('completed', 'active'), at('completed', 'skipped')]) {
    watch.see('id', seen);
  }
  const back = () => watch.see('id', at('completed', 'pending'));
  await assert.rejects(
    eventually('nothing', () => Promise.resolve(back())),
    BrokenPromise,
  );
});
