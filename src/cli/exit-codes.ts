/** Exit codes of the command lines; `--help` prints this table. */
export const EXIT_CODES = {
  ok: { code: 0, meaning: 'done' },
  failure: { code: 1, meaning: 'unexpected failure' },
  invalid: { code: 2, meaning: 'wrong usage or invalid input; nothing was sent' },
  refused: { code: 3, meaning: 'refused, or in conflict with what is there' },
  notFound: { code: 4, meaning: 'no such case or document' },
  noAnswer: { code: 5, meaning: 'timed out, or nobody answered' },
  needsAttention: { code: 6, meaning: 'the case needs the attention of a person first' },
} as const;

export type ExitName = keyof typeof EXIT_CODES;

export function exitCodesHelp(): string {
  return ['Exit codes:', ...Object.values(EXIT_CODES).map(({ code, meaning }) => `  ${code}  ${meaning}`)].join('\n');
}
