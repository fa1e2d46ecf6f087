import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { amountDto, jsonNumber, readAmount } from '../src/finhub/catalogue/amounts.js';
import { amountOf, decimalsOf, exceeds, moneyOf } from '../src/contract/money.js';
import { isBeyondRetention, isDatedAhead, referenceDate } from '../src/lifecycle/transfer.js';

const CURRENCIES = ['EUR', 'JPY', 'BHD'];

/** A currency and digits of minor units; what they mean in major units is spelt here, apart from the code under test. */
const amounts = fc.record({
  currency: fc.constantFrom(...CURRENCIES),
  minor: fc.bigInt({ min: 0n, max: 10n ** 15n - 1n }),
});

function spelt({ currency, minor }: { currency: string; minor: bigint }): string {
  const scale = { EUR: 2, JPY: 0, BHD: 3 }[currency]!;
  const unit = 10n ** BigInt(scale);
  const fraction = (minor % unit).toString().padStart(scale, '0');
  return scale === 0 ? minor.toString() : `${minor / unit}.${fraction}`;
}

test('an amount keeps every digit between text, minor units and back, in currencies of 0, 2 and 3 decimals', () => {
  fc.assert(
    fc.property(amounts, (amount) => {
      const value = spelt(amount);
      const { units, currency } = amountOf({ value, currency: amount.currency });
      assert.equal(units, amount.minor);
      assert.deepEqual(moneyOf({ units, currency }), { value, currency });
    }),
  );
});

test('one amount is read the same in each form that FinHub has for it', () => {
  fc.assert(
    fc.property(amounts, fc.integer({ min: 0, max: 4 }), (amount, finer) => {
      const { currency, minor } = amount;
      const value = spelt(amount);
      const scale = decimalsOf(currency) + finer;
      const scaled = (minor * 10n ** BigInt(finer)).toString();
      const minorText = minor.toString();
      const forms: [unknown, string | undefined, unknown?][] = [
        [{ value: scaled, scale, currency }, undefined],
        [{ value: scaled, scale }, currency],
        [{ value: minorText, currency, valueFormatted: value }, undefined],
        [{ value: minorText, currency }, undefined],
        [minorText, currency, value],
        [minorText, currency],
        [amountDto({ value, currency }), undefined],
      ];
      if (decimalsOf(currency) > 0) forms.push([value, currency], [{ value, currency }, undefined]);
      if (value.replace('.', '').length <= 15) {
        forms.push(
          [jsonNumber({ value, currency }), currency],
          [{ amount: jsonNumber({ value, currency }), currency }, undefined],
        );
      }
      for (const [form, given, formatted] of forms) {
        assert.deepEqual(readAmount(form, given, formatted), { value, currency }, JSON.stringify(form));
      }
    }),
  );
});

test('what is no amount, or two that differ, is never guessed at', () => {
  for (const form of [
    '1e3',
    '--1',
    '-',
    '- 1',
    '1,5',
    'NaN',
    '1 000',
    NaN,
    Infinity,
    1e21,
    0.001,
    true,
    { value: '1', scale: -1 },
  ]) {
    assert.throws(() => readAmount(form, 'EUR'), RangeError, JSON.stringify(form));
  }
  assert.throws(() => readAmount('100', undefined), RangeError);
  assert.throws(() => readAmount('100', 'EUR', '100.00'), RangeError);
  assert.throws(() => readAmount({ value: '1', scale: 3, currency: 'EUR' }, undefined), RangeError);
  assert.throws(() => amountOf({ value: '0.1', currency: 'JPY' }), RangeError);
  assert.throws(() => jsonNumber({ value: '9999999999999.991', currency: 'BHD' }), RangeError);
  assert.throws(() => exceeds({ value: '1', currency: 'JPY' }, { value: '1', currency: 'EUR' }), RangeError);
  for (const nothing of [undefined, null, '']) assert.equal(readAmount(nothing, 'EUR'), undefined);
});

test('a balance below zero is read in each form, and is never an amount to pay', () => {
  fc.assert(
    fc.property(amounts, (amount) => {
      const { currency, minor } = amount;
      const value = `${minor === 0n ? '' : '-'}${spelt(amount)}`;
      const scale = decimalsOf(currency);
      const forms: [unknown, string | undefined][] = [
        [`-${minor}`, currency],
        [{ value: `-${minor}`, scale, currency }, undefined],
        ...(scale > 0 ? [[`-${spelt(amount)}`, currency] as [unknown, string]] : []),
      ];
      for (const [form, given] of forms) assert.deepEqual(readAmount(form, given), { value, currency });
      assert.throws(() => amountOf({ value: `-${spelt(amount)}`, currency }), RangeError);
      assert.throws(() => amountDto({ value: `-${spelt(amount)}`, currency }), RangeError);
      const one = { value: '1', currency };
      assert.equal(exceeds(one, { value: `-${spelt(amount)}`, currency }), true);
    }),
  );
  assert.deepEqual(readAmount(-5, 'EUR'), { value: '-5.00', currency: 'EUR' });
  assert.deepEqual(readAmount(' 500 ', 'EUR'), { value: '5.00', currency: 'EUR' });
});

test('a number on which floating point has left a trace is the amount that was meant', () => {
  for (const [form, value] of [
    [0.1 + 0.2, '0.30'],
    [1.1 * 3, '3.30'],
    [-0.1 - 0.2, '-0.30'],
    [25, '25.00'],
  ] as const) {
    assert.deepEqual(readAmount(form, 'EUR'), { value, currency: 'EUR' });
  }
});

test('a limit is the JSON number that reads as its decimals', () => {
  const written = { '500.00': '500', '0.10': '0.1', '1000.05': '1000.05', '70000000.07': '70000000.07', '100': '100' };
  for (const [value, json] of Object.entries(written)) {
    assert.equal(JSON.stringify(jsonNumber({ value, currency: 'EUR' })), json);
  }
});

test('a reference carries a date as its first or last part', () => {
  const dates = {
    '20251103-rent': '2025-11-03',
    'rent.2025-11-03': '2025-11-03',
    rent_20251103: '2025-11-03',
    '2025-11-03': '2025-11-03',
    'a-20251103-b': undefined,
    'rent-2025-11': undefined,
    'rent-20251303': undefined,
    'rent-120251103': undefined,
  };
  for (const [reference, date] of Object.entries(dates)) assert.equal(referenceDate(reference), date, reference);
  const now = new Date('2026-03-01T12:00:00Z');
  assert.equal(isBeyondRetention('rent-20251201', 90, now), true);
  assert.equal(isBeyondRetention('rent-20251203', 90, now), false);
  assert.equal(isBeyondRetention('rent', 90, now), false);
});

test('a dated reference that may be paid is refused before a transfer that was paid under it is forgotten', () => {
  const HOUR = 3600_000;
  const first = Date.parse('2026-11-28T00:00:00Z');
  const reference = 'payroll-2026-12-01';
  for (const days of [1, 30, 90]) {
    for (let hour = 0; hour < 24 * 8; hour += 1) {
      const paid = new Date(first + hour * HOUR);
      const mayBePaid = !isDatedAhead(reference, paid) && !isBeyondRetention(reference, days, paid);
      const forgotten = new Date(paid.getTime() + days * 24 * HOUR);
      if (mayBePaid) assert.ok(isBeyondRetention(reference, days, forgotten), paid.toISOString());
    }
  }
  // The day has begun somewhere.
  assert.equal(isDatedAhead(reference, new Date('2026-11-30T10:00:00Z')), false);
  assert.equal(isDatedAhead(reference, new Date('2026-11-30T09:59:00Z')), true);
  assert.equal(isDatedAhead('payroll-2026-12-31', new Date('2026-11-30T12:00:00Z')), true);
  assert.equal(isDatedAhead('payroll', new Date(0)), false);
});
