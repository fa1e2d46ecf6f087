import { defineQuery, defineSignal, defineUpdate, setHandler } from '@temporalio/workflow';
import { correct, resolve } from '../lifecycle/case-rules.js';
import { canonicalJson } from '../lifecycle/canonical.js';
import {
  accept,
  MESSAGES,
  refuse,
  type Answer,
  type Decision,
  type MessageBodies,
  type MessageName,
} from '../lifecycle/messages.js';
import { Malformed, parseMessage } from '../lifecycle/parse.js';
import { addEvidence, decide, earlierAnswer, isDue, keep, type KeptDecision } from '../lifecycle/review.js';
import { caseViewOf, statusOf } from '../lifecycle/status.js';
import { ownActivities } from './activities.js';
import type { Case } from './case.js';

type Handlers = { [Name in MessageName]: (kase: Case, body: MessageBodies[Name]) => Answer | Promise<Answer> };

const HANDLERS: Handlers = {
  submitDocuments: (kase, { submittedBy, documents }) => {
    const { review } = kase.state;
    if (review.stage !== 'collecting') {
      return refuse(
        'NotAllowed',
        `round ${review.round} is ${review.stage}; documents are taken when they are asked for`,
      );
    }
    kase.state.review = addEvidence(review, documents, submittedBy);
    return accept('applied', `${documents.length} documents for round ${review.round}`);
  },

  acceptConsents: (kase, evidence) => {
    const given = kase.state.consents;
    if (given && canonicalJson(given) !== canonicalJson(evidence))
      return refuse('NotAllowed', 'the consents were given already');
    kase.state.consents = evidence;
    return accept('applied', 'consents taken');
  },

  submitActivationCode: (kase, { code }) => {
    if (kase.state.finhub.facts.includes('accountActive')) return refuse('AlreadyFinal', 'the account is active');
    kase.state.activationCode = code;
    return accept('applied', 'activation code taken');
  },

  decideVerification: async (kase, decision) =>
    earlierOrKept(kase, decision) ?? judge(kase, { decision, evidenceHash: undefined }),

  correctApplication: (kase, correction) => {
    const { changes, answer } = correct(kase.state, correction);
    Object.assign(kase.state, changes);
    return answer;
  },

  resolveAttention: async (kase, resolution) => {
    const operator = await ownActivities.lookUpOperator({ operatorId: resolution.by });
    if (!operator) return refuse('UnknownOperator', 'no operator of this id is known');
    const { changes, answer } = resolve(kase.state, resolution);
    Object.assign(kase.state, changes);
    return answer;
  },

  cancel: (kase, request) => {
    kase.state.cancelRequest = request;
    kase.cancel();
    return accept('applied', 'cancelled');
  },
};

/** Who sent a message, by the message itself; for the audit. */
function senderOf(body: object): string | undefined {
  const { operator, submittedBy, correctedBy, by } = body as {
    operator?: { id: string };
    submittedBy?: string;
    correctedBy?: string;
    by?: string;
  };
  return operator?.id ?? submittedBy ?? correctedBy ?? by;
}

/** Takes every message, as Signal and as Update under one name. Nothing that anybody sends stops the case. */
export function receive(kase: Case): void {
  for (const name of MESSAGES) {
    const handle = (value: unknown): Promise<Answer> => take(kase, name, value);
    setHandler(defineSignal<[unknown]>(name), async (value) => void (await handle(value)));
    setHandler(defineUpdate<Answer, [unknown]>(name), handle, { validator: (value) => void parseMessage(name, value) });
  }
}

/** Answers questions about the case. */
export function answer(kase: Case): void {
  setHandler(defineQuery('status'), () => statusOf(kase.state, new Date()));
  setHandler(defineQuery('case'), () => caseViewOf(kase.state, new Date()));
  setHandler(defineQuery('audit'), () => kase.state.audit);
}

async function take<Name extends MessageName>(kase: Case, name: Name, value: unknown): Promise<Answer> {
  let body: MessageBodies[Name];
  try {
    body = parseMessage(name, value);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    kase.record(`${name}Malformed`, error.message);
    return refuse('Malformed', error.message);
  }
  const given = kase.state.outcome
    ? refuse('AlreadyFinal', 'the lifecycle has ended')
    : await HANDLERS[name](kase, body);
  kase.record(
    name,
    given.accepted ? `${given.state}: ${given.detail}` : `refused, ${given.refusal}: ${given.detail}`,
    senderOf(body),
  );
  return given;
}

function earlierOrKept(kase: Case, decision: Decision): Answer | undefined {
  const earlier = earlierAnswer(kase.state.review, decision);
  if (earlier) return earlier;
  if (isDue(kase.state.review, decision)) return undefined;
  const { review, answer } = keep(kase.state.review, decision);
  kase.state.review = review;
  return answer;
}

/** Judges a decision with what the operators file says now; the case may have moved on while it was asked. */
async function judge(
  kase: Case,
  { decision, evidenceHash }: { decision: Decision; evidenceHash: string | undefined },
): Promise<Answer> {
  const operator = await ownActivities.lookUpOperator({ operatorId: decision.operator.id });
  const moved = evidenceHash === undefined ? earlierOrKept(kase, decision) : undefined;
  if (moved) return moved;
  const { review, answer } = decide(
    kase.state.review,
    decision,
    operator ?? undefined,
    evidenceHash ?? decision.evidenceHash,
  );
  kase.state.review = review;
  return answer;
}

/** Judges a decision that was kept for the round that is open now. */
export async function judgeKept(kase: Case, kept: KeptDecision): Promise<void> {
  const given = await judge(kase, kept);
  const detail = given.accepted ? given.detail : `refused, ${given.refusal}: ${given.detail}`;
  kase.record('decisionApplied', detail, kept.decision.operator.id);
}
