import { CODES } from '../../client/codes.js';
import type { Answer } from '../../lifecycle/messages.js';
import { Refused } from '../problem.js';
import type { Answered, AnswerForm } from '../route.js';

/** What a case answered to a message; a refusal is a problem. */
export function answered(answer: Answer): Answered {
  if (!answer.accepted) throw new Refused(answer.refusal, answer.detail);
  return { status: 200, body: answer };
}

/** The forms of what a case answers to a message. */
export const MESSAGE_ANSWERS: Record<number, AnswerForm> = {
  200: { description: 'the case has taken it', schema: 'Answer' },
  409: { description: 'the case refuses it as it stands', schema: 'Problem' },
  422: { description: CODES.InvalidInput.meaning, schema: 'Problem' },
};
