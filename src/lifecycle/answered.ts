import type { AnsweredMessage } from './case-state.js';
import { accept, refuse, type Answer } from './messages.js';

/** A case of more messages than this has forgotten the first ones; by then their round is over. */
const MOST = 1000;

/**
 * What a message that comes again hears: what it came to the first time.
 * @returns undefined for a new message; `conflict` where other content came under the id
 */
export function earlierAnswerTo(answered: readonly AnsweredMessage[], id: string): Answer | 'conflict' | undefined {
  const name = nameOf(id);
  const earlier = answered.find((one) => nameOf(one.id) === name);
  if (!earlier) return undefined;
  if (earlier.id !== id) return 'conflict';
  const { answer } = earlier;
  return answer === 'kept' || answer === 'recorded' || answer === 'applied'
    ? accept(answer, 'this very message was taken before')
    : refuse(answer, 'this very message was refused before');
}

export function remembered(answered: readonly AnsweredMessage[], id: string, answer: Answer): AnsweredMessage[] {
  return [...answered, { id, answer: answer.accepted ? answer.state : answer.refusal }].slice(-MOST);
}

function nameOf(id: string): string {
  return id.split('.', 1)[0]!;
}
