import { invalid } from './refusal.js';

const SCALES: Readonly<Record<string, number>> = { EUR: 2, USD: 2, GBP: 2, JPY: 0, BHD: 3 };

/** The number of decimals of a currency. @throws Refusal 400 for a currency that FinHub does not carry here. */
export function scaleOf(currency: string): number {
  const scale = SCALES[currency];
  if (scale === undefined) throw invalid({ field: 'currency', message: `Currency not supported: ${currency}` });
  return scale;
}

/** Minor units as a major-unit decimal, `500000` → `5000.00`. */
export function formatted(minor: number, currency: string): string {
  const scale = scaleOf(currency);
  const digits = String(Math.abs(minor)).padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  return `${minor < 0 ? '-' : ''}${whole}${scale > 0 ? `.${digits.slice(-scale)}` : ''}`;
}

/** A major-unit decimal or number as minor units, `"100.5"` → 10050. @throws Refusal 400 if it has too many decimals. */
export function fromMajor(major: string | number, currency: string, field: string): number {
  const match = /^(\d+)(?:\.(\d+))?$/.exec(String(major));
  const scale = scaleOf(currency);
  const decimals = match?.[2] ?? '';
  const minor = match ? Number(`${match[1]}${decimals.padEnd(scale, '0')}`) : NaN;
  if (decimals.length > scale || !Number.isSafeInteger(minor)) {
    throw invalid({ field, message: `Not an amount in ${currency}: ${major}` });
  }
  return minor;
}
