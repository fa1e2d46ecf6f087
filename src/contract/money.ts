/*
 * Amounts are integers in minor units inside and decimal strings at the edges; nothing goes through floating point. Workflows, activities
 * and the client all use these functions. None of them sends a bigint to Temporal, because JSON does not support it.
 */

/** An amount in major units as a decimal string, e.g. `"25.00"`; the only form of money at our edges. */
export interface Money {
  value: string;
  currency: string;
}

declare const MINOR: unique symbol;

/** Integer minor units of a currency (cents of EUR, yen of JPY). Only this module makes them. */
export type MinorUnits = bigint & { readonly [MINOR]: true };

export interface Amount {
  readonly units: MinorUnits;
  /** ISO 4217. */
  readonly currency: string;
}

/** Decimals of currencies that do not have two. ISO 4217. */
const DECIMALS: ReadonlyMap<string, number> = new Map([
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ').map((code) => [code, 0] as const),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3] as const),
  ...'CLF UYW'.split(' ').map((code) => [code, 4] as const),
]);

export function decimalsOf(currency: string): number {
  return DECIMALS.get(currency) ?? 2;
}

/**
 * The amount of a decimal string in major units, e.g. `{value: "25.00", currency: "EUR"}`. Extra decimals must be zeros.
 * @throws RangeError
 */
export function amountOf({ value, currency }: Money): Amount {
  const decimals = decimalsOf(currency);
  const [, whole, fraction = ''] = /^(\d{1,15})(?:\.(\d{1,15}))?$/.exec(value) ?? [];
  if (whole === undefined || /[1-9]/.test(fraction.slice(decimals))) {
    throw new RangeError(`an amount with at most ${decimals} decimals is expected`);
  }
  return minorUnits(whole + fraction.slice(0, decimals).padEnd(decimals, '0'), currency);
}

/** Like {@link amountOf}, for reported amounts, never for payments: a balance may be negative. @throws RangeError */
export function signedAmountOf({ value, currency }: Money): Amount {
  const [, sign, digits = ''] = /^([+-]?)(.*)$/s.exec(value) ?? [];
  const amount = amountOf({ value: digits, currency });
  return sign === '-' ? { ...amount, units: (0n - amount.units) as MinorUnits } : amount;
}

/**
 * The amount of an integer string in units of `10^-scale` of the currency: `("2500", 2, "EUR")` is 25 euro, `("-500", 2, "EUR")` a debt of
 * five.
 * @throws RangeError for anything else, and if the currency has fewer decimals
 */
export function scaledAmount(value: string, scale: number, currency: string): Amount {
  const [, sign = '', unsigned = ''] = /^([+-]?)(\d{1,30})$/.exec(value) ?? [];
  if (unsigned === '' || !Number.isInteger(scale) || scale < 0 || scale > 15) {
    throw new RangeError('a whole number and its scale are expected');
  }
  const digits = unsigned.padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale).replace(/^0+(?=\d)/, '');
  const fraction = digits.slice(digits.length - scale);
  return signedAmountOf({ value: fraction === '' ? `${sign}${whole}` : `${sign}${whole}.${fraction}`, currency });
}

/** The amount in the form for our edges, with exactly the currency's decimals. */
export function moneyOf({ units, currency }: Amount): Money {
  const decimals = decimalsOf(currency);
  const sign = units < 0n ? '-' : '';
  const digits = units
    .toString()
    .replace('-', '')
    .padStart(decimals + 1, '0');
  const whole = sign + digits.slice(0, digits.length - decimals);
  return { value: decimals === 0 ? whole : `${whole}.${digits.slice(-decimals)}`, currency };
}

/** Whether a value from outside is valid money. */
export function isAmount(money: Money | undefined): money is Money {
  try {
    return money !== undefined && amountOf(money).currency !== undefined;
  } catch {
    return false;
  }
}

/** Whether `amount` is more than `limit`, which may be negative. @throws RangeError if one is invalid, or the currencies differ */
export function exceeds(amount: Money, limit: Money): boolean {
  if (amount.currency !== limit.currency) throw new RangeError('amounts of different currencies cannot be compared');
  return signedAmountOf(amount).units > signedAmountOf(limit).units;
}

/** `25.00 EUR`. */
export function moneyText({ value, currency }: Money): string {
  return `${value} ${currency}`;
}

function minorUnits(digits: string, currency: string): Amount {
  return { units: BigInt(digits) as MinorUnits, currency };
}
