import { CancellationScope, condition, isCancellation, log, sleep } from '@temporalio/workflow';
import type { TurnedAway } from '../lifecycle/audit-events.js';
import type { Application } from '../contract/application.js';
import type { CaseState } from '../lifecycle/case-state.js';
import type { CheckedCorrection } from '../lifecycle/correction.js';
import { refuse, type Answer, type Message, type MessageName } from '../lifecycle/messages.js';
import { Malformed } from '../contract/schema.js';
import { parseMessage } from '../lifecycle/messages.js';
import type { Operator } from '../lifecycle/policy.js';
import {
  bodyHash,
  insufficient,
  messageIdOf,
  PROOF_FAULTS,
  proofNeeded,
  proofOf,
  type ProofFault,
  type Verified,
} from '../lifecycle/proof-rules.js';
import { correctionToCheck, operatorsNamed } from '../lifecycle/look-ups.js';
import type { Given } from '../lifecycle/rulings.js';
import { senderOf } from '../lifecycle/sender.js';
import type { KeptDecision } from '../lifecycle/review-state.js';
import { earlierAnswerTo } from '../lifecycle/answered.js';
import { Unreadable } from '../lifecycle/slots.js';
import type { Case } from './case.js';
import { count } from './metrics.js';
import { checkCorrection, lookUpOperator, lookUpSigners } from './own-activities.js';
import { messageAnswered } from '../lifecycle/transitions.js';

/** Looked up in one activity and handled in one go, so that a flood of messages costs a bounded number of both. */
const BATCH = 100;

/** A message as it came, and who waits for its answer. */
interface Letter {
  name: MessageName;
  value: unknown;
  answered?: (answer: Answer) => void;
}

/** A message that can be read, with what has to be known of it. */
interface Read {
  letter: Letter;
  message: Message;
  proof: string | undefined;
}

/** Takes messages in their order, as many at a time as there are. */
export class Inbox {
  readonly #case: Case<CaseState>;
  readonly #letters: Letter[] = [];
  #isBusy = false;

  constructor(theCase: Case<CaseState>) {
    this.#case = theCase;
    // A cancellation of the case must not break off the answer to a message that has been taken in.
    void CancellationScope.nonCancellable(() => this.#run());
  }

  /** Nothing waits to be taken. */
  get isEmpty(): boolean {
    return !this.#isBusy && this.#letters.length === 0;
  }

  put(name: MessageName, value: unknown): void {
    this.#case.messages += 1;
    this.#letters.push({ name, value });
  }

  answerTo(name: MessageName, value: unknown): Promise<Answer> {
    this.#case.messages += 1;
    return new Promise((answered) => void this.#letters.push({ name, value, answered }));
  }

  async #run(): Promise<never> {
    for (;;) {
      await condition(() => this.#letters.length > 0);
      this.#isBusy = true;
      const looked = await this.#take(this.#letters.splice(0, BATCH));
      // A long queue gives the rest of the case a turn.
      if (!looked && this.#letters.length > BATCH) await sleep(1, { summary: 'takes more messages' });
      this.#isBusy = false;
    }
  }

  /** Whether anything had to be looked up. */
  async #take(letters: Letter[]): Promise<boolean> {
    const read = letters.flatMap((letter) => this.#read(letter) ?? []);
    const asked = read.filter((one) => this.#needsLookUp(one));
    const known = new LookUps();
    if (asked.length > 0) await known.add(this.#case, asked);
    for (const one of read) await this.#settle(one, known).catch((error: unknown) => this.#unforeseen(one, error));
    return asked.length > 0;
  }

  #read(letter: Letter): Read | undefined {
    const { name, value } = letter;
    try {
      if (value instanceof Unreadable) {
        this.#turnAway(letter, 'Unreadable', value.why);
        return undefined;
      }
      return { letter, message: { name, body: parseMessage(name, value) } as Message, proof: proofOf(value) };
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.#turnAway(letter, 'Malformed', error.message);
      return undefined;
    }
  }

  #needsLookUp({ message, proof }: Read): boolean {
    const { policy } = this.#case.state;
    // Whether proof is asked for is not known before the policy is.
    if (proof !== undefined || policy === undefined) return true;
    return !policy.requireProof && operatorsNamed(this.#case.state, message).length > 0;
  }

  async #settle(one: Read, known: LookUps): Promise<void> {
    const theCase = this.#case;
    const { letter, message, proof } = one;
    // The case may have moved on since operators were looked up; what it needs then is looked up as well.
    for (;;) {
      if (known.misses(one, operatorsNamed(theCase.state, message)).length > 0) {
        await known.add(theCase, [one]);
        continue;
      }
      const fault = this.#proofFault(one, known);
      if (fault) return this.#turnAway(letter, 'ProofInvalid', PROOF_FAULTS[fault]);
      const correction = correctionToCheck(theCase.state, message);
      if (!correction || known.hasChecked(correction.application)) break;
      await known.check(correction);
    }
    const verified = known.proofOf(one);
    const id = verified?.messageId ?? messageIdOf(letter.value);
    const earlier = id === undefined ? undefined : earlierAnswerTo(theCase.state.answered, id);
    if (earlier === 'conflict') {
      return this.#turnAway(letter, 'Duplicate', 'another message came under this id before');
    }
    if (earlier) {
      // Whoever repeats an Update gets the first answer again. A Signal has no answer to repeat: somebody has copied it.
      if (!letter.answered) return this.#turnAway(letter, 'Duplicate', 'it was taken before');
      count('messages', { message: letter.name, answer: 'Repeated' });
      return letter.answered(earlier);
    }
    const { operators, checked } = known;
    const given: Given = { at: new Date(), operators, proof: verified, envelope: proof, checked };
    const { stage } = theCase.state.review;
    const answer = theCase.decide(message, given);
    if (id !== undefined) theCase.apply(messageAnswered(id, answer));
    count('messages', { message: message.name, answer: answer.accepted ? answer.state : answer.refusal });
    // What ends a round sets the case going, which shows itself; each change of a search attribute is an event.
    if (theCase.state.review.stage === stage) theCase.show();
    if (message.name === 'cancel' && answer.accepted) theCase.cancel();
    letter.answered?.(answer);
  }

  /** Why a message's envelope does not carry it. The stricter of the worker and the case counts. */
  #proofFault(one: Read, known: LookUps): ProofFault | undefined {
    const isRequired = known.isRequired || this.#case.state.policy?.requireProof === true;
    const verified = known.verified(one) ?? { ok: false, fault: 'missing' };
    if (!verified.ok) return isRequired || verified.fault !== 'missing' ? verified.fault : undefined;
    return insufficient(proofNeeded(one.message), verified.proof, senderOf(one.message));
  }

  /** No message stops a case, not even by a fault of ours: it is turned away, and the log tells. */
  #unforeseen({ letter }: Read, error: unknown): void {
    if (isCancellation(error)) throw error;
    log.error('a message could not be judged', { message: letter.name, error: String(error) });
    this.#turnAway(letter, 'Malformed', 'it could not be judged');
  }

  #turnAway(letter: Letter, refusal: TurnedAway, why: string): void {
    const code = refusal === 'Unreadable' ? 'Malformed' : refusal;
    this.#case.turnAway(letter.name, refusal, why);
    count('messages', { message: letter.name, answer: refusal });
    letter.answered?.(refuse(code, why));
  }
}

/** Judges a decision that was kept for the round that is open now, with what the signers file says now. */
export async function judgeKept(theCase: Case, kept: KeptDecision): Promise<void> {
  const { id } = kept.decision.operator;
  const operator = await lookUpOperator(theCase.state.application.tenantId, id);
  theCase.occur({ name: 'keptDecision', kept }, { operators: new Map(operator && [[id, operator]]) });
}

/** Operators and envelopes as an activity found them; its result is recorded, so a replay judges by the same. */
class LookUps {
  readonly #asked = new Set<string>();
  readonly #verified = new Map<Letter, Verified>();
  readonly operators = new Map<string, Operator>();
  isRequired = false;
  #checked: { application: Application; result: CheckedCorrection } | undefined;

  verified({ letter }: Read): Verified | undefined {
    return this.#verified.get(letter);
  }

  proofOf(one: Read) {
    const verified = this.verified(one);
    return verified?.ok ? verified.proof : undefined;
  }

  get checked(): CheckedCorrection | undefined {
    return this.#checked?.result;
  }

  /** Whether the correction was checked on this very application; another correction may have come in between. */
  hasChecked(application: Application): boolean {
    return this.#checked?.application === application;
  }

  async check(correction: { application: Application; patch: Record<string, unknown> }): Promise<void> {
    this.#checked = { application: correction.application, result: await checkCorrection(correction) };
  }

  misses(one: Read, ids: string[]): string[] {
    // Without a proof where one is asked for it is turned away, whoever it names.
    if (this.isRequired && !this.proofOf(one)) return [];
    return ids.filter((id) => !this.#asked.has(id));
  }

  async add(theCase: Case<CaseState>, asked: Read[]): Promise<void> {
    const ids = [...new Set(asked.flatMap(({ message }) => operatorsNamed(theCase.state, message)))];
    const messages = asked.map(({ message: { name, body }, proof }) => ({ name, bodyHash: bodyHash(body), proof }));
    const found = await lookUpSigners({ ids, tenantId: theCase.state.application.tenantId, messages });
    this.isRequired ||= found.requireProof;
    for (const [index, verified] of found.verified.entries()) this.#verified.set(asked[index]!.letter, verified);
    for (const id of ids) this.#asked.add(id);
    for (const operator of found.operators) this.operators.set(operator.id, operator);
  }
}
