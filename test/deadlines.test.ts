import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { request } from 'undici';
import { businessTimes } from '../src/activities/business-times.js';
import type { Calendar } from '../src/policies/policy-file.js';
import { readPayloads } from '../src/temporal/payloads.js';
import { anIndividual } from './helpers/applications.js';
import { auditOf } from './helpers/audit.js';
import type { Lane, Told } from './helpers/lane.js';
import { startTimeSkipping, type TimeSkipping } from './helpers/time-skipping.js';

const HOUR = 3600_000;
const DAY = 24 * HOUR;
const ZONE = 'Europe/Vilnius';

describe('business days', () => {
  const calendar: Calendar = { timeZone: ZONE, weekend: [6, 7], holidays: ['2026-03-30'] };
  const after = (from: string, days: number, by = calendar) => businessTimes(by, from, { due: days }).due;

  test('skip weekends and holidays and keep the local hour over a change of the clocks', () => {
    // A Friday, 10:00 in Vilnius; the clocks go forward on Sunday, Monday is a holiday.
    assert.equal(after('2026-03-27T08:00:00.000Z', 1), '2026-03-31T07:00:00.000Z');
    assert.equal(after('2026-03-26T08:00:00.000Z', 1), '2026-03-27T08:00:00.000Z');
    assert.equal(after('2026-10-23T07:00:00.000Z', 1), '2026-10-26T08:00:00.000Z');
    assert.equal(after('2026-03-27T08:00:00.000Z', 0), '2026-03-27T08:00:00.000Z');
  });

  test('begin with the next business day where a wait begins on a weekend', () => {
    assert.equal(after('2026-03-14T08:00:00.000Z', 0), '2026-03-15T22:00:00.000Z');
    assert.equal(after('2026-03-14T08:00:00.000Z', 1), '2026-03-16T22:00:00.000Z');
  });

  test('count by the days of the time zone', () => {
    // Friday evening in Vilnius is Friday noon in New York, and Saturday in Tokyo.
    const friday = '2026-03-13T20:30:00.000Z';
    const elsewhere = (timeZone: string) => after(friday, 1, { ...calendar, timeZone });
    assert.equal(elsewhere('America/New_York'), '2026-03-16T20:30:00.000Z');
    assert.equal(elsewhere('Asia/Tokyo'), '2026-03-16T15:00:00.000Z');
  });

  const from = fc.date({ min: new Date('2024-01-01'), max: new Date('2028-01-01'), noInvalidDate: true });
  const anyCalendar = fc.record<Calendar>({
    timeZone: fc.constantFrom(ZONE, 'UTC', 'America/New_York', 'Asia/Tehran', 'Australia/Lord_Howe'),
    weekend: fc.constantFrom([6, 7], [5, 6], [7], []),
    holidays: fc.array(
      from.map((date) => date.toISOString().slice(0, 10)),
      { maxLength: 40 },
    ),
  });
  const days = fc.integer({ min: 0, max: 40 });

  test('always end on a business day, later for more days and for a later start', () => {
    fc.assert(
      fc.property(anyCalendar, from, days, fc.integer({ min: 0, max: 5 * DAY }), (by, start, count, later) => {
        const due = after(start.toISOString(), count, by)!;
        const local = DateTime.fromISO(due, { zone: by.timeZone });
        assert.ok(!by.weekend.includes(local.weekday) && !by.holidays.includes(local.toISODate()!));
        assert.ok(due >= start.toISOString());
        assert.ok(after(start.toISOString(), count + 1, by)! > due);
        assert.ok(after(new Date(start.getTime() + later).toISOString(), count, by)! >= due);
      }),
      { numRuns: 500 },
    );
  });
});

describe('thirty days in seconds', { concurrency: false }, () => {
  let time: TimeSkipping;
  let folder: string;
  let lane: Lane;
  /** The Sunday in March on which the clocks go forward; what follows it is UTC+3. */
  const sunday = nextLastSundayOfMarch();
  /** 10:00 in Vilnius, so many days after that Sunday; negative days are before it. */
  const at10 = (day: number): string => new Date(sunday + day * DAY + (day < 0 ? 8 : 7) * HOUR).toISOString();

  before(async () => {
    time = await startTimeSkipping();
    await time.skip(Date.parse(at10(-2)) - Date.now());
    folder = await mkdtemp(join(tmpdir(), 'finhub-onboarding-test-'));
    const file = join(folder, 'policies.json');
    const turns = { reminder: 1, due: 2, expiry: 3 };
    await writeFile(
      file,
      JSON.stringify({
        default: {
          calendar: { timeZone: ZONE, holidays: [new Date(sunday + DAY).toISOString().slice(0, 10)] },
          review: { individual: { MEDIUM: { deadlines: { reminder: 1, due: 2, escalation: 3, expiry: 10 } } } },
          customer: { documents: turns, consents: turns, activationCode: turns },
        },
      }),
    );
    // So seldom that looking at FinHub is no work for the virtual days.
    lane = await time.lane({ env: { POLICY_FILE: file, FINHUB_VERDICT_POLL_SECONDS: '86400' } });
  });
  after(async () => {
    await time.stop();
    await rm(folder, { recursive: true });
  });

  test('a review is reminded of, due, escalated, extended, and expires unapproved', async () => {
    const id = await lane.toReview(await anIndividual());
    const begun = await deadlines(id);
    // Friday is day -2, Monday a holiday.
    assert.deepEqual(
      begun.map(({ kind, at, fired }) => [kind, hour(at), fired]),
      [
        ['reminder', at10(2), false],
        ['due', at10(3), false],
        ['escalation', at10(4), false],
        ['expiry', at10(15), false],
      ],
    );
    assert.equal((await told(id)).waitingOn?.dueAt, begun[1]!.at);

    await skipTo(at10(2), -HOUR);
    assert.deepEqual(await passed(id), []);
    await skipTo(at10(2), HOUR);
    await passes(id, 'reminder', at10(2));
    await skipTo(at10(3), HOUR);
    await passes(id, 'due', at10(3));
    assert.equal((await lane.client.caseView(id)).decision?.level, 'TENANT');
    await skipTo(at10(4), HOUR);
    await passes(id, 'escalation', at10(4));
    assert.equal((await lane.client.caseView(id)).decision?.level, 'POWER_TENANT');

    const late = await lane.client.decide(id, { ...approval(), operator: { id: 'op-1' } });
    assert.equal(!late.accepted && late.refusal, 'LevelInsufficient');

    const extend = (until: string) => lane.client.extend(id, { by: 'op-2', until, reason: 'the registry is closed' });
    const shorter = await extend(at10(4));
    assert.equal(!shorter.accepted && shorter.refusal, 'NotAllowed');
    const eternal = await extend('+275760-09-13T00:00:00.000Z');
    assert.equal(!eternal.accepted && eternal.refusal, 'NotAllowed');
    assert.ok((await extend(at10(9))).accepted);
    assert.deepEqual(
      (await deadlines(id)).map(({ kind, at, fired }) => [kind, hour(at), fired]),
      [
        ['reminder', at10(2), true],
        ['due', at10(9), false],
        ['escalation', at10(4), true],
        ['expiry', at10(21), false],
      ],
    );
    assert.equal(hour((await told(id)).review.dueAt!), at10(9));

    await skipTo(at10(9), HOUR);
    await passes(id, 'due', at10(9));
    await skipTo(at10(21), -HOUR);
    assert.equal((await told(id)).status, 'waiting');
    await skipTo(at10(21), HOUR);
    const { outcome } = await lane.until(id, 'expired', ({ status }) => status === 'expired');
    assert.equal(hour(outcome!.at), at10(21));
    assert.deepEqual(await passed(id), ['reminder', 'due', 'escalation', 'due', 'expiry']);

    const { approvals } = (await lane.client.caseView(id)).decision!;
    assert.deepEqual(approvals, []);
    const [verification] = await lane.finhub.table<{ status: string }>('verifications');
    assert.notEqual(verification?.status, 'APPROVED');
    assert.deepEqual(
      [...new Set(await timers(id))].filter((summary) => summary.endsWith('decision on round 1')),
      ['reminder', 'due', 'escalation', 'expiry'].map((kind) => `${kind}: decision on round 1`),
    );
    const afterwards = await extend(at10(30));
    assert.equal(!afterwards.accepted && afterwards.refusal, 'AlreadyFinal');
  });

  test("the customer's turns expire as well, each by its own days", async () => {
    const turns = [
      ['documents', await anIndividual({ documents: [] }), undefined],
      ['consents', await anIndividual({ consents: null }), 'op-1'],
      ['activation code', await anIndividual(), 'op-1'],
    ] as const;
    const ids = await Promise.all(
      turns.map(async ([what, application, operator]) => {
        const id = operator ? await lane.toReview(application) : await lane.start(application);
        if (operator) await lane.client.decide(id, { ...approval(), operator: { id: operator } });
        const { waitingOn } = await lane.until(id, `waits for ${what}`, (status) => status.waitingOn?.what === what);
        assert.equal(waitingOn!.who, 'customer');
        return id;
      }),
    );
    const last = (await Promise.all(ids.map(deadlines)))
      .map((each) => each.at(-1)!.at)
      .sort()
      .at(-1)!;
    await skipTo(last, HOUR);
    for (const id of ids) {
      const { outcome } = await lane.until(id, 'expired', ({ status }) => status === 'expired');
      assert.deepEqual(await passed(id), ['reminder', 'due', 'expiry']);
      assert.ok(outcome);
    }
  });

  test('a stale decision leaves the deadlines of the customer alone', async () => {
    const id = await lane.toReview(await anIndividual());
    const asked = await lane.client.decide(id, {
      ...approval(),
      verdict: 'request-documents',
      documents: [{ type: 'BANK_STATEMENT' }],
    });
    assert.ok(asked.accepted);
    await lane.until(id, 'waits for documents', ({ waitingOn }) => waitingOn?.what === 'documents');
    const before = await deadlines(id);
    assert.equal(before.length, 3);
    const stale = await lane.client.decide(id, { ...approval(), decisionId: 'late' });
    assert.equal(!stale.accepted && stale.refusal, 'StaleRound');
    assert.deepEqual(await deadlines(id), before);
    const { requirements } = await told(id);
    assert.equal(requirements[0]?.dueAt, before.find(({ kind }) => kind === 'due')!.at);
  });

  const approval = () => ({ decisionId: 'd1', round: 1, verdict: 'approve' as const, operator: { id: 'op-1' } });

  async function told(id: string): Promise<Told> {
    const status = await lane.client.status(id);
    assert.ok(!status.stale);
    return status;
  }

  async function deadlines(id: string) {
    return (await lane.client.caseView(id)).deadlines;
  }

  /** Kinds of the deadlines that have passed, by the audit. */
  async function passed(id: string): Promise<string[]> {
    return (await auditOf(lane.client, id, 'deadlinePassed')).map(({ deadline }) => deadline);
  }

  /** The last deadline to pass is this one, at this hour. */
  async function passes(id: string, kind: string, at: string): Promise<void> {
    await lane.until(id, kind, () => true);
    const entries = (await lane.client.audit(id)).filter(({ event }) => event === 'deadlinePassed');
    assert.deepEqual(entries.at(-1)?.data, { deadline: kind });
    assert.equal(hour(entries.at(-1)!.at), at);
  }

  async function skipTo(at: string, more: number): Promise<void> {
    const { body } = await request(`${lane.finhub.url}/__sandbox/clock`);
    const { now } = (await body.json()) as { now: string };
    await time.skip(Date.parse(at) + more - Date.parse(now));
  }

  /** What the timers of a history say to people, in order. */
  async function timers(id: string): Promise<string[]> {
    const { events } = await lane.temporal.workflow.getHandle(id).fetchHistory();
    const summaries = (events ?? []).flatMap(({ timerStartedEventAttributes, userMetadata }) =>
      timerStartedEventAttributes && userMetadata?.summary ? [userMetadata.summary] : [],
    );
    const context = { type: 'workflow', namespace: lane.temporal.options.namespace, workflowId: id } as const;
    return readPayloads<string>(lane.temporal.options.loadedDataConverter, summaries, context);
  }
});

/** A time without what starting a case took. */
function hour(at: string): string {
  return new Date(Math.floor(Date.parse(at) / HOUR) * HOUR).toISOString();
}

function nextLastSundayOfMarch(): number {
  const year = new Date().getUTCFullYear() + 1;
  const last = new Date(Date.UTC(year, 2, 31));
  return Date.UTC(year, 2, 31 - last.getUTCDay());
}
