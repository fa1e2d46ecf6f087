import { colours } from './colours.js';
import type { Answer } from '../lifecycle/messages.js';
import { endWith, print } from './program.js';

/** Prints what a lifecycle answered to a message; a refusal sets the exit code. */
export function printAnswer(json: boolean | undefined, answer: Answer, also: Record<string, string> = {}): void {
  print(json, { ...also, ...answer }, () =>
    answer.accepted
      ? `${colours.green(answer.state)}: ${answer.detail}`
      : `${colours.red(`refused (${answer.refusal})`)}: ${answer.detail}`,
  );
  if (!answer.accepted) endWith(answer.refusal === 'Malformed' ? 'invalid' : 'refused');
}
