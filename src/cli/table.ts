import Table from 'cli-table3';
import { colours } from './colours.js';

const NO_LINES = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right', 'mid'].map(
    (part) => [part, ''],
  ),
);
const NO_RULES = { ...NO_LINES, 'left-mid': '', 'mid-mid': '', 'right-mid': '', left: '', right: '', middle: '  ' };

/** Columns for people. Only colours depend on whether there is a terminal. */
export function table(head: string[], rows: (string | null | undefined)[][]): string {
  const columns = new Table({
    head: head.map((title) => colours.bold(title)),
    chars: NO_RULES,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  columns.push(...rows.map((row) => row.map((cell) => cell ?? '')));
  return columns
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
