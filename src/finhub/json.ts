import { isLosslessNumber, LosslessNumber, parse } from 'lossless-json';

/**
 * Matches any number that a double may not hold exactly: sixteen digits or more, or an exponent. Text without one goes through
 * `JSON.parse`, which is many times faster.
 */
const MAY_LOSE = /[\d.]{16}|(?:^|[\s:,[-])\d[\d.]*[eE]/;

/**
 * Parses JSON without changing numbers: one that a double cannot hold, for example an id beyond 2^53, remains as written and is read with
 * {@link writtenNumber}.
 * @throws SyntaxError
 */
export function parseJson(text: string): unknown {
  return MAY_LOSE.test(text) ? parse(text, undefined, { parseNumber: numberOf }) : JSON.parse(text);
}

function numberOf(written: string): number | LosslessNumber {
  const number = Number(written);
  const digits = /^-?([\d.]+)/.exec(written)![1]!.replace('.', '').replace(/^0+/, '');
  const isHeld =
    String(number) === written || (Number.isFinite(number) && digits.length <= 15 && Math.abs(number) < 1e15);
  return isHeld ? number : new LosslessNumber(written);
}

/** A number as written, or as JavaScript writes it if a double holds it; undefined for anything else. */
export function writtenNumber(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return isLosslessNumber(value) ? value.value : undefined;
}
