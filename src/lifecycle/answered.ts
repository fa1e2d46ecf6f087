import type { AnsweredMessage } from './case-state.js';
import { accept, refuse, type Answer } from './messages.js';

/** A case with more messages than this forgets the first ones; their round is over by then. */
const MOST = 1000;

/**
 * The answer to a repeated message: the same as the first time.
 * @returns undefined for a new message; `conflict` if the id was used with other content
 */
export function earlierAnswerTo(answered: readonly AnsweredMessage[], id: string): Answer | 'conflict' | undefined {
  const name = nameOf(id);
  const earlier = answered.find((one) => nameOf(one.id) === name);
  if (!earlier) return undefined;
  if (earlier.id !== id) return 'conflict';
  const { answer } = earlier;
  return answer === 'kept' || answer === 'recorded' || answer === 'applied'
    ? accept(answer, 'this message was accepted before')
    : refuse(answer, 'this message was refused before');
}

export function remembered(answered: readonly AnsweredMessage[], id: string, answer: Answer): AnsweredMessage[] {
  return [...answered, { id, answer: answer.accepted ? answer.state : answer.refusal }].slice(-MOST);
}

function nameOf(id: string): string {
  return id.split('.', 1)[0]!;
}
