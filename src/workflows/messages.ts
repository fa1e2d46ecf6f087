import { defaultPayloadConverter, rawValueTypeInfo, type RawValue } from '@temporalio/common';
import {
  CancellationScope,
  condition,
  defineQuery,
  defineSignal,
  defineUpdate,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { AnyCaseState } from '../lifecycle/case-state.js';
import {
  AWAIT_REGISTRATION,
  MESSAGES,
  refuse,
  type Answer,
  type Decision,
  type Message,
  type MessageName,
  type RegisteredIds,
} from '../lifecycle/messages.js';
import { Malformed, parseMessage } from '../lifecycle/parse.js';
import type { Operator } from '../lifecycle/policy.js';
import { decide, operatorsNamed, type Given } from '../lifecycle/reducer.js';
import type { KeptDecision } from '../lifecycle/review.js';
import { caseViewOf, registeredIds, statusOf } from '../lifecycle/status.js';
import type { Case } from './case.js';
import { count, countDecision } from './metrics.js';
import { lookUpOperators } from './own-activities.js';

/** Signals hand their payload over as it came: one that nobody can decode would otherwise fail the workflow task, again and again. */
const AS_IT_CAME = { typeInfo: { inputTypes: [rawValueTypeInfo] } };

/** Takes every message, as Signal and as Update under one name. Nothing that anybody sends stops the case. */
export function receive(kase: Case<AnyCaseState>): void {
  for (const name of MESSAGES) {
    // A cancellation of the lifecycle must not break off the answer to a message that has been taken in.
    const handle = (value: unknown): Promise<Answer> => CancellationScope.nonCancellable(() => take(kase, name, value));
    onSignal(name, async (value) => void (await handle(value)));
    setHandler(defineUpdate<Answer, [unknown]>(name), handle, { validator: (value) => void parseMessage(name, value) });
  }
}

/** Takes a Signal; `undefined` where nobody can decode it. */
export function onSignal(name: string, handle: (value: unknown) => void | Promise<void>): void {
  setHandler(defineSignal<[RawValue | undefined]>(name, AS_IT_CAME), (value) => handle(decoded(value)));
}

function decoded(value: RawValue | undefined): unknown {
  try {
    return value && defaultPayloadConverter.fromPayload(value.payload);
  } catch {
    return undefined;
  }
}

/** Answers questions about the case. */
export function answer(kase: Case<AnyCaseState>): void {
  setHandler(defineQuery('status'), () => statusOf(kase.state, new Date()));
  setHandler(defineQuery('case'), () => caseViewOf(kase.state, new Date()));
  setHandler(defineQuery('audit'), () => kase.state.audit);
}

/** Answers whoever waits for the registration; waits neither for a person nor for the end of the case, nor holds up its next run. */
export function announceRegistration(kase: Case): void {
  const { state } = kase;
  setHandler(defineUpdate<RegisteredIds | null>(AWAIT_REGISTRATION), async () => {
    const isOver = (): boolean => state.outcome !== undefined || state.attention !== undefined || kase.isLong;
    await condition(() => registeredIds(state.finhub) !== null || isOver());
    return registeredIds(state.finhub);
  });
}

async function take(kase: Case<AnyCaseState>, name: MessageName, value: unknown): Promise<Answer> {
  kase.messages += 1;
  kase.heardAt = workflowInfo().historyLength;
  let message: Message;
  try {
    message = { name, body: parseMessage(name, value) } as Message;
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    kase.record(`${name}Malformed`, error.message);
    count('messages', { message: name, answer: 'Malformed' });
    return refuse('Malformed', error.message);
  }
  const decision = message.name === 'decideVerification' ? message.body : undefined;
  const known = new LookUps();
  // The case may move on while operators are looked up; what it needs then is looked up as well.
  for (;;) {
    const missing = operatorsNamed(kase.state, message).filter((id) => !known.has(id));
    if (missing.length === 0) break;
    await known.add(missing, decision);
  }
  const { state, answer } = decide(kase.state, message, known.given());
  const { review } = kase.state;
  Object.assign(kase.state, state);
  count('messages', { message: name, answer: answer.accepted ? answer.state : answer.refusal });
  if (decision) countDecision(decision.verdict, answer, { before: review, after: state.review });
  // What ends a round sets the case going, which shows itself; each change of a search attribute is an event.
  if (state.review.stage === review.stage) kase.show();
  if (name === 'cancel' && answer.accepted) kase.cancel();
  return answer;
}

/** Judges a decision that was kept for the round that is open now, with what the operators file says now. */
export async function judgeKept(kase: Case, kept: KeptDecision): Promise<void> {
  const known = new LookUps();
  await known.add([kept.decision.operator.id], kept.decision);
  kase.occur({ name: 'keptDecision', kept }, known.given());
}

/** Operators as an activity found them; its result is recorded, so a replay judges by the same rights. */
class LookUps {
  readonly #asked = new Set<string>();
  readonly #operators = new Map<string, Operator>();
  readonly #signed = new Set<string>();

  has(id: string): boolean {
    return this.#asked.has(id);
  }

  async add(ids: string[], decision: Decision | undefined): Promise<void> {
    const { workflowId } = workflowInfo();
    const { operators, signed } = await lookUpOperators({ ids, workflowId, decision });
    for (const id of ids) this.#asked.add(id);
    for (const operator of operators) this.#operators.set(operator.id, operator);
    if (signed && decision) this.#signed.add(decision.decisionId);
  }

  given(): Given {
    return { at: new Date(), operators: this.#operators, signed: this.#signed };
  }
}
