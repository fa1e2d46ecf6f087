import { z } from 'zod';

/*
 * FinHub's amounts come as scaled integers (`{value: "2500", scale: 2}`), as major-unit decimals and as bare numbers (facts §1.5). Ours are
 * decimal strings in major units; nothing here goes through floating point.
 */

/** Decimals of currencies that do not have two. ISO 4217. */
const DECIMALS: Record<string, number> = { JPY: 0, KRW: 0, ISK: 0, HUF: 2, BHD: 3, KWD: 3, TND: 3 };

export function decimalsOf(currency: string): number {
  return DECIMALS[currency] ?? 2;
}

/**
 * Minor units of a decimal string, e.g. `("25.00", 2)` → `"2500"`.
 * @throws RangeError for anything that is not a decimal of at most `scale` places
 */
export function toMinorUnits(value: string, scale: number): string {
  const match = /^(\d{1,15})(?:\.(\d+))?$/.exec(value);
  const fraction = match?.[2] ?? '';
  if (!match || fraction.length > scale) throw new RangeError(`an amount with at most ${scale} decimals is expected`);
  return BigInt(match[1]! + fraction.padEnd(scale, '0')).toString();
}

/** An amount in major units, as a decimal string. */
export const Money = z.strictObject({ value: z.string(), currency: z.string() });

/** FinHub's AmountDto for an amount in major units. Source: H2, T2. */
export function amountDto({ value, currency }: { value: string; currency: string }) {
  const scale = decimalsOf(currency);
  return { value: toMinorUnits(value, scale), scale, currency };
}
