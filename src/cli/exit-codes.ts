import { EXIT_CODES } from '../client/codes.js';

export { EXIT_CODES };
export type { ExitName } from '../client/codes.js';

export function exitCodesHelp(): string {
  return ['Exit codes:', ...Object.values(EXIT_CODES).map(({ code, meaning }) => `  ${code}  ${meaning}`)].join('\n');
}
