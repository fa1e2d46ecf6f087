import { CODES } from '../client/codes.js';
import { colours } from './colours.js';
import type { Answer } from '../lifecycle/messages.js';
import { endWith, print } from './program.js';

/** Prints a case's answer to a message; a refusal sets the exit code. */
export function printAnswer(json: boolean | undefined, answer: Answer, also: Record<string, string> = {}): void {
  print(json, { ...also, ...answer }, (safe) =>
    safe.accepted
      ? `${colours.green(safe.state)}: ${safe.detail}`
      : `${colours.red(`refused (${safe.refusal})`)}: ${safe.detail}`,
  );
  if (!answer.accepted) endWith(CODES[answer.refusal].exit);
}
