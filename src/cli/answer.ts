import { colours } from './colours.js';
import type { Answer } from '../lifecycle/messages.js';
import { shown } from './printable.js';
import { endWith, print } from './program.js';

/** Prints what a lifecycle answered to a message; a refusal sets the exit code. */
export function printAnswer(json: boolean | undefined, raw: Answer, also: Record<string, string> = {}): void {
  const answer = shown(raw);
  print(json, { ...also, ...raw }, () =>
    answer.accepted
      ? `${colours.green(answer.state)}: ${answer.detail}`
      : `${colours.red(`refused (${answer.refusal})`)}: ${answer.detail}`,
  );
  if (!answer.accepted) endWith(answer.refusal === 'Malformed' ? 'invalid' : 'refused');
}
