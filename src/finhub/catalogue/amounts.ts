import { z } from 'zod';
import { personal, plain } from '../../contract/marks.js';
import type { Money as DecimalMoney } from '../../contract/money.js';
import { amountOf, decimalsOf, moneyOf, scaledAmount, signedAmountOf, type Amount } from '../../contract/money.js';
import { writtenNumber } from '../json.js';
import { at, firstText, textAt } from './fields.js';

/*
 * FinHub's amounts are scaled integers (`{value: "2500", scale: 2}`), minor units without a scale, major-unit decimals, or bare numbers
 * (facts §1.5, §15.8). Ours are decimal strings in major units; nothing here goes through floating point.
 */

/** An amount in major units, as a decimal string. */
export const Money = z.strictObject({ value: personal(z.string()), currency: plain(z.string()) });

/** FinHub's AmountDto for an amount in major units. Source: H2, T2. */
export function amountDto(money: DecimalMoney) {
  const { units, currency } = amountOf(money);
  return { value: units.toString(), scale: decimalsOf(currency), currency };
}

/**
 * The JSON number that reads as exactly this amount in major units, for the consents' limits (facts F10).
 * @throws RangeError if a double cannot hold the decimals
 */
export function jsonNumber(money: DecimalMoney): number {
  const { value } = moneyOf(amountOf(money));
  const plain = value.includes('.') ? value.replace(/\.?0+$/, '') : value;
  const number = Number(plain);
  if (String(number) !== plain) throw new RangeError('the amount has too many digits for a JSON number');
  return number;
}

/**
 * Reads an amount in any of FinHub's forms; negative for an overdrawn balance. The form shows the unit:
 * - an object with `scale`: an integer in `10^-scale` (AmountDto);
 * - an integer as text, bare or as `value`: minor units (FLOW, F01);
 * - a text with a decimal point, or a JSON number: major units (LAT, older REF, consents' limits).
 * A `valueFormatted` or `xFormatted` beside `value` or `x` must be the same amount.
 * @param currency used if the form has none
 * @returns undefined if there is no amount
 * @throws RangeError if it is not an amount, or the two differ
 */
export function readAmount(form: unknown, currency: string | undefined, formatted?: unknown): DecimalMoney | undefined {
  if (form === undefined || form === null || form === '') return undefined;
  const number = writtenNumber(form);
  if (number === undefined && typeof form === 'object') {
    const own = firstText(form, 'currency') ?? currency;
    const scale = textAt(at(form, 'scale'));
    const value = at(form, 'value') ?? at(form, 'amount');
    if (scale === undefined) return readAmount(value, own, at(form, 'valueFormatted'));
    const units = textAt(value)?.trim().replace(/\.0+$/, '') ?? '';
    return moneyOf(scaledAmount(units, /^\d{1,2}$/.test(scale) ? Number(scale) : NaN, known(own)));
  }
  const written = typeof form === 'string' ? form.trim() : undefined;
  const text = number === undefined ? written : withoutDust(number, currency);
  if (text === undefined) throw new RangeError('no amount in a known form');
  const amount =
    number !== undefined || text.includes('.')
      ? signedAmountOf({ value: text, currency: known(currency) })
      : scaledAmount(text, decimalsOf(known(currency)), known(currency));
  const money = moneyOf(amount);
  const shown = typeof formatted === 'string' ? formatted.trim() : undefined;
  if (shown && moneyOf(signedAmountOf({ value: shown, currency: money.currency })).value !== money.value) {
    throw new RangeError('an amount and its formatted form differ');
  }
  return money;
}

/** Rounds floating-point noise, for example 0.30000000000000004, to the decimals of the currency. */
function withoutDust(written: string, currency: string | undefined): string {
  const rounded = Number(written).toFixed(decimalsOf(known(currency)));
  const isDust = Math.abs(Number(rounded) - Number(written)) < 1e-9 && Math.abs(Number(written)) < 1e12;
  return isDust ? rounded : written;
}

/** The first amount among several places, read by {@link readAmount}; an unreadable form is an error in the response. */
export function amountIn(
  data: unknown,
  context: z.core.$RefinementCtx,
  currency: string | undefined,
  ...paths: string[]
): DecimalMoney | undefined {
  for (const path of paths) {
    try {
      const money = readAmount(at(data, path), currency, at(data, `${path}Formatted`));
      if (money) return money;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      context.addIssue({ code: 'custom', message: `${path}: ${error.message}` });
      return undefined;
    }
  }
  return undefined;
}

/** The sum of amounts of one currency. */
export function sumOf(amounts: readonly DecimalMoney[]): DecimalMoney {
  const [first, ...others] = amounts.map(signedAmountOf);
  const units = others.reduce((sum, amount) => sum + amount.units, first!.units as bigint);
  return moneyOf({ units: units as Amount['units'], currency: first!.currency });
}

function known(currency: string | undefined): string {
  if (currency === undefined || !/^[A-Z]{3}$/.test(currency)) throw new RangeError('an amount without a currency');
  return currency;
}
