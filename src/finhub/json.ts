import { isLosslessNumber, LosslessNumber, parse } from 'lossless-json';

/**
 * What may hold a number that a double does not hold as it is written: sixteen digits or more, or an exponent. All others come through
 * `JSON.parse` unharmed, which is many times faster.
 */
const MAY_LOSE = /[\d.]{16}|(?:^|[\s:,[-])\d[\d.]*[eE]/;

/**
 * Reads JSON without changing a number: one that a double cannot hold, such as an id beyond 2^53, is kept as it is written, to be read by
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

/** A number as it is written, or as JavaScript writes it where a double holds it; undefined for anything else. */
export function writtenNumber(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return isLosslessNumber(value) ? value.value : undefined;
}
