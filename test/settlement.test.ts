import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FAILURES, PAUSING, RETRYABLE, type CallFailure } from '../src/lifecycle/failures.js';
import { afterFailure, clearedOf, unclearAfter, type Tried } from '../src/lifecycle/settlement.js';

const A_DAY_OF_TRIES = 96;
const failure = (type: string, more: Partial<CallFailure> = {}): CallFailure => ({ type, message: 'as told', ...more });

describe('after a failed call', () => {
  const FRESH: Tried = { slowTries: 0, mayRepeat: false };

  for (const type of Object.values(FAILURES)) {
    const heals = RETRYABLE.has(type);
    const pauses = PAUSING.has(type);
    const title = pauses ? 'is tried for as long as it takes' : heals ? 'is tried for a day' : 'is asked of a person';
    test(`${type} ${title}`, () => {
      const at = (slowTries: number) => afterFailure(failure(type), { ...FRESH, slowTries });
      assert.deepEqual(at(0), { next: heals ? 'pause' : 'ask', slowTries: heals ? 1 : 0, mayRepeat: false });
      assert.equal(at(A_DAY_OF_TRIES - 1).next, heals ? 'pause' : 'ask');
      assert.equal(at(A_DAY_OF_TRIES).next, pauses ? 'pause' : 'ask');
      assert.equal(at(A_DAY_OF_TRIES * 100).next, pauses ? 'pause' : 'ask');
    });
  }

  test('a try that may have taken effect is remembered, whatever the next ones come to', () => {
    const once = afterFailure(failure(FAILURES.unreachable, { unclear: true }), FRESH);
    assert.equal(once.mayRepeat, true);
    assert.equal(afterFailure(failure(FAILURES.unavailable), once).mayRepeat, true);
    assert.equal(afterFailure(failure(FAILURES.unavailable, { earlierUnclear: true }), FRESH).mayRepeat, false);
  });
});

describe('what is unclear at FinHub', () => {
  const rows: [what: string, before: object, failed: CallFailure, changes: object][] = [
    ['a lost answer', {}, failure('X', { unclear: true }), { unclear: ['k'], everUnclear: ['k'] }],
    ['an earlier lost answer', {}, failure('X', { earlierUnclear: true }), { unclear: ['k'], everUnclear: ['k'] }],
    [
      'a second lost answer',
      { unclear: ['k', 'l'], everUnclear: ['k'] },
      failure('X', { unclear: true }),
      { unclear: ['l', 'k'], everUnclear: ['k'] },
    ],
    [
      'a refusal as faulty, which holds for each earlier try',
      { unclear: ['k', 'l'], everUnclear: ['k'] },
      failure(FAILURES.invalidRequest),
      { unclear: ['l'] },
    ],
    ['any other refusal', { unclear: ['k'] }, failure(FAILURES.conflict), {}],
  ];
  for (const [what, before, failed, changes] of rows)
    test(`after ${what}`, () => assert.deepEqual(unclearAfter(before, 'k', failed), changes));

  test('after a result nothing', () => {
    assert.deepEqual(clearedOf({ unclear: ['k', 'l'], everUnclear: ['k'] }, 'k'), { unclear: ['l'], everUnclear: [] });
    assert.deepEqual(clearedOf({}, 'k'), { unclear: [], everUnclear: [] });
  });
});
