import * as z from 'zod/mini';
import { consentEvidence, documentReference } from '../contract/handed-in.js';
import {
  fields,
  list,
  marked,
  OBJECT_EXPECTED,
  oneOf,
  optional,
  parse,
  prose,
  text,
  time,
  wholeNumber,
} from '../contract/schema.js';
import { CUSTOMER_MESSAGES, type CustomerMessage } from './customer-messages.js';
import { OPERATOR_LEVELS } from './policy.js';

/**
 * An Update without a body, which changes nothing: its answer is FinHub's ids once the registration stands, or null where the case ends or
 * moves to another run before.
 */
export const AWAIT_REGISTRATION = 'awaitRegistration';

/** FinHub's ids of a customer who is registered. */
export interface RegisteredIds {
  customerId: string;
  /** Of a person's login. */
  userId?: string | undefined;
}

/** Who speaks. */
const by = marked('personal', text(200));
const why = marked('personal', prose());

export const VERDICTS = ['approve', 'reject', 'request-documents'] as const;
export type Verdict = (typeof VERDICTS)[number];

const documentRequest = fields({
  type: marked('plain', text(100)),
  why: optional(marked('personal', prose(500))),
  /** Whose document: a person's `ref` of the application. */
  subject: optional(marked('plain', text(100))),
});
export type DocumentRequest = z.output<typeof documentRequest>;

/** FinHub's ids of whom a decision is about. */
const decisionSubject = fields({
  customerId: marked('plain', text(200)),
  verificationId: marked('plain', text(200)),
});
export type DecisionSubject = z.output<typeof decisionSubject>;

/** An operator's decision on one round of the review. */
const decision = fields({
  /** Made by the sender; the same id is the same decision, however often it comes. */
  decisionId: marked('plain', text(200)),
  round: wholeNumber(1),
  verdict: oneOf(VERDICTS),
  /** `level` narrows what the operator acts as; it cannot raise it. */
  operator: fields({ id: marked('plain', text(200)), level: optional(oneOf(OPERATOR_LEVELS)) }),
  /** What the operator saw; a decision on other evidence is refused. */
  evidenceHash: optional(marked('plain', text(100))),
  /** For the customer. */
  customerReason: optional(why),
  /** Never leaves the case. */
  internalReason: optional(why),
  /** With `reject`: the customer may hand in again. */
  retryable: optional(z.boolean({ error: 'true or false is expected' })),
  /** With `request-documents`. */
  documents: optional(list(documentRequest)),
  /** Whom it is about, as the operator saw it; has to be there where decisions are signed, so that one never holds for somebody else. */
  subject: optional(decisionSubject),
}).check(
  z.refine(({ verdict, documents }) => verdict !== 'request-documents' || documents !== undefined, {
    path: ['documents'],
    error: 'a list of 1 to 50 is expected',
  }),
);
export type Decision = z.output<typeof decision>;

const MAX_PATCH = 64_000;
/** Deep enough for owners of owners on every level that the intake takes, a list and an object each. */
const MAX_DEPTH = 24;

/** Level by level, since thousands of levels would be too many for a function that calls itself, as all do that read the patch later. */
function isDeeper(value: unknown, levels: number): boolean {
  let parts: unknown[] = [value];
  for (let level = 0; level < levels; level += 1)
    parts = parts.flatMap((part) =>
      typeof part === 'object' && part !== null ? Object.values<unknown>(part as Record<string, unknown>) : [],
    );
  return parts.some((part) => typeof part === 'object' && part !== null);
}

export const ATTENTION_ACTIONS = ['retry', 'adopt', 'skip', 'abort'] as const;
export type AttentionAction = (typeof ATTENTION_ACTIONS)[number];

/** Messages a case takes, each as a Signal and as an Update of the same name. */
export const MESSAGE_SCHEMAS = {
  submitDocuments: fields({ submittedBy: by, documents: list(documentReference) }),
  acceptConsents: consentEvidence,
  /** The code is sealed by the client before it reaches Temporal; a plain one is refused. */
  submitActivationCode: fields({ code: marked('secret', text(1000)) }),
  decideVerification: decision,
  correctApplication: fields({
    correctedBy: by,
    /** Fields of the application to replace, as a JSON merge patch (RFC 7396). */
    patch: marked(
      'personal',
      z.record(z.string(), z.unknown(), { error: OBJECT_EXPECTED }).check(
        z.refine((patch) => !isDeeper(patch, MAX_DEPTH), { error: `at most ${MAX_DEPTH} levels`, abort: true }),
        z.refine((patch) => JSON.stringify(patch).length <= MAX_PATCH, { error: `at most ${MAX_PATCH} characters` }),
      ),
    ),
  }),
  resolveAttention: fields({
    attentionId: marked('plain', text(200)),
    action: oneOf(ATTENTION_ACTIONS),
    by,
    reason: optional(why),
    /** With `adopt`: the result to go on with, e.g. `{"customerId": "…", "userId": "…"}`. */
    adopt: optional(marked('plain', z.record(z.string(), text(200), { error: OBJECT_EXPECTED }))),
  }).check(
    z.refine(({ action, adopt }) => action !== 'adopt' || adopt !== undefined, {
      path: ['adopt'],
      error: OBJECT_EXPECTED,
    }),
  ),
  /** Takes a case on. */
  claim: fields({ by }),
  /** Gives it back. */
  release: fields({ by }),
  assign: fields({ by, to: by, reason: why }),
  /** A remark for other operators; never leaves the case. */
  note: fields({ by, text: marked('personal', prose(2000)) }),
  /** Puts on record that an operator looks at a document; its content comes from the store. */
  viewDocument: fields({ by, documentId: marked('plain', text(100)) }),
  /** Gives the present wait until a new due time, in the future. */
  extend: fields({ by, until: marked('plain', time()), reason: why }),
  /**
   * What a TRANSACTION_APPROVER of the organization says to a transfer; the sender has made sure who it is. `by` is the employee's `ref` or
   * e-mail address in the organization's application.
   */
  decideTransfer: fields({
    by: marked('personal', text(254)),
    verdict: oneOf(['approve', 'reject']),
    reason: optional(why),
  }),
  /**
   * The customer's word on a prepared order, whose fees are known by then. `orderId` is the one that the transfer's status shows; another one
   * is refused, since it was prepared anew meanwhile.
   */
  confirmTransfer: fields({ by, orderId: marked('plain', text(200)) }),
  ...CUSTOMER_MESSAGES,
  cancel: fields({ by, reason: why }),
} as const satisfies Record<string, z.ZodMiniType>;

export type MessageName = keyof typeof MESSAGE_SCHEMAS;
export const MESSAGES = Object.keys(MESSAGE_SCHEMAS) as MessageName[];

export type MessageBodies = { [Name in MessageName]: z.output<(typeof MESSAGE_SCHEMAS)[Name]> };
export type SubmitDocuments = MessageBodies['submitDocuments'];
export type AcceptConsents = MessageBodies['acceptConsents'];
export type SubmitActivationCode = MessageBodies['submitActivationCode'];
export type CorrectApplication = MessageBodies['correctApplication'];
export type ResolveAttention = MessageBodies['resolveAttention'];
export type Claim = MessageBodies['claim'];
export type Assign = MessageBodies['assign'];
export type Note = MessageBodies['note'];
export type ViewDocument = MessageBodies['viewDocument'];
export type Extend = MessageBodies['extend'];
export type DecideTransfer = MessageBodies['decideTransfer'];
export type ConfirmTransfer = MessageBodies['confirmTransfer'];
export type AddBeneficiary = MessageBodies['addBeneficiary'];
export type RemoveBeneficiary = MessageBodies['removeBeneficiary'];
export type MakePaymentConsent = MessageBodies['makePaymentConsent'];
export type RevokePaymentConsent = MessageBodies['revokePaymentConsent'];
export type Cancel = MessageBodies['cancel'];

/**
 * Reads a message that anybody may have sent.
 * @throws Malformed, with the path and what is expected there
 */
export function parseMessage<Name extends MessageName>(name: Name, value: unknown): MessageBodies[Name] {
  return parse(MESSAGE_SCHEMAS[name], value) as MessageBodies[Name];
}

/** A message as it was read. */
export type Message = { [Name in MessageName]: { name: Name; body: MessageBodies[Name] } }[MessageName];

/** What only a lifecycle takes, what only a transfer or a customer does, and what every case does. */
export type LifecycleMessage =
  'submitDocuments' | 'acceptConsents' | 'submitActivationCode' | 'decideVerification' | 'correctApplication';
export type TransferMessage = 'decideTransfer' | 'confirmTransfer';
export type HandlingMessage = Exclude<MessageName, LifecycleMessage | TransferMessage | CustomerMessage>;

/** Why a message was not taken. */
export type Refusal =
  | 'Malformed'
  | 'UnknownOperator'
  | 'ProofInvalid'
  | 'Duplicate'
  | 'UnsealedSecret'
  | 'WrongTenant'
  | 'LevelInsufficient'
  | 'SelfApproval'
  | 'SamePersonTwice'
  | 'StaleRound'
  | 'EvidenceChanged'
  | 'AlreadyDecided'
  | 'DecisionConflict'
  | 'AlreadyFinal'
  | 'NothingToResolve'
  | 'AlreadyClaimed'
  | 'NotAnApprover'
  | 'NotAllowed';

/**
 * What the sender of a message learns. `kept`: came early, applied when its time comes; `recorded`: counted, more is needed;
 * `applied`: took effect.
 */
export type Answer =
  | { accepted: true; state: 'kept' | 'recorded' | 'applied'; detail: string }
  | { accepted: false; refusal: Refusal; detail: string };

export function refuse(refusal: Refusal, detail: string): Answer {
  return { accepted: false, refusal, detail };
}

export function accept(state: 'kept' | 'recorded' | 'applied', detail: string): Answer {
  return { accepted: true, state, detail };
}
