import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextStep, type NextStep } from '../src/lifecycle/orders.js';

const VALID = '2026-03-02T12:00:00Z';
const BEFORE = new Date('2026-03-02T11:59:00Z');
const JUST_AFTER = new Date('2026-03-02T12:00:30Z');
const LONG_AFTER = new Date('2026-03-02T12:01:00Z');

/** The table of docs/guides/payments.md, row by row. */
const ROWS: [status: string | undefined, refused: boolean, repeats: number, now: Date, step: NextStep][] = [
  ['EXECUTING', false, 0, BEFORE, 'follow'],
  ['PROCESSING', true, 9, LONG_AFTER, 'follow'],
  ['COMPLETED', true, 0, LONG_AFTER, 'follow'],
  ['FAILED', false, 0, LONG_AFTER, 'follow'],
  ['EXPIRED', false, 0, BEFORE, 'prepareAnew'],
  ['EXPIRED', true, 0, LONG_AFTER, 'prepareAnew'],
  ['READY', false, 0, BEFORE, 'repeat'],
  ['PREPARED', false, 99, BEFORE, 'repeat'],
  ['PENDING', false, 0, JUST_AFTER, 'repeat'],
  ['READY', true, 0, BEFORE, 'askPerson'],
  ['READY', true, 0, JUST_AFTER, 'askPerson'],
  ['READY', false, 0, LONG_AFTER, 'prepareAnew'],
  ['READY', true, 0, LONG_AFTER, 'prepareAnew'],
  [undefined, false, 0, BEFORE, 'repeat'],
  [undefined, false, 2, LONG_AFTER, 'repeat'],
  [undefined, false, 3, BEFORE, 'askPerson'],
  [undefined, true, 0, LONG_AFTER, 'askPerson'],
  ['ON_HOLD', false, 3, LONG_AFTER, 'askPerson'],
  ['ON_HOLD', true, 0, BEFORE, 'askPerson'],
];

for (const [status, refused, repeats, now, step] of ROWS) {
  const when = now === BEFORE ? 'within' : 'after';
  test(`${status ?? 'no order'}, ${refused ? 'refused' : `unclear, ${repeats} repeats`}, ${when} its validity: ${step}`, () => {
    const order = status === undefined ? undefined : { status };
    assert.equal(nextStep({ order, refused, validUntil: VALID, repeats, now }), step);
  });
}

test('an order with a time of execution was executed, whatever its state is called', () => {
  for (const status of ['PENDING', 'READY', 'ON_HOLD']) {
    const order = { status, executedAt: VALID };
    assert.equal(nextStep({ order, refused: true, validUntil: VALID, repeats: 9, now: LONG_AFTER }), 'follow');
  }
});

test('without a known end, an order that is ready is never prepared anew', () => {
  const order = { status: 'READY' };
  assert.equal(nextStep({ order, refused: false, validUntil: undefined, repeats: 9, now: LONG_AFTER }), 'repeat');
});
