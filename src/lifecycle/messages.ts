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
 * An Update without a body that changes nothing. Its answer is FinHub's ids after the registration, or null if the case ends or moves to
 * another run first.
 */
export const AWAIT_REGISTRATION = 'awaitRegistration';

/** FinHub's ids of a registered customer. */
export interface RegisteredIds {
  customerId: string;
  /** Only for a person's login. */
  userId?: string | undefined;
}

/** The sender. */
const by = marked('personal', text(200));
const why = marked('personal', prose());

export const VERDICTS = ['approve', 'reject', 'request-documents'] as const;
export type Verdict = (typeof VERDICTS)[number];

const documentRequest = fields({
  type: marked('plain', text(100)),
  why: optional(marked('personal', prose(500))),
  /** Whose document: the `ref` of a person in the application. */
  subject: optional(marked('plain', text(100))),
});
export type DocumentRequest = z.output<typeof documentRequest>;

/** FinHub's ids of the customer that a decision is about. */
const decisionSubject = fields({
  customerId: marked('plain', text(200)),
  verificationId: marked('plain', text(200)),
});
export type DecisionSubject = z.output<typeof decisionSubject>;

/** An operator's decision on one round of the review. */
const decision = fields({
  /** Made by the sender; the same id means the same decision, however often it is sent. */
  decisionId: marked('plain', text(200)),
  round: wholeNumber(1),
  verdict: oneOf(VERDICTS),
  /** `level` can lower the operator's level for this decision, not raise it. */
  operator: fields({ id: marked('plain', text(200)), level: optional(oneOf(OPERATOR_LEVELS)) }),
  /** The evidence that the operator saw; a decision on other evidence is refused. */
  evidenceHash: optional(marked('plain', text(100))),
  /** For the customer. */
  customerReason: optional(why),
  /** Stays in the case. */
  internalReason: optional(why),
  /** With `reject`: the customer may submit again. */
  retryable: optional(z.boolean({ error: 'true or false is expected' })),
  /** With `request-documents`. */
  documents: optional(list(documentRequest)),
  /** The customer, as the operator saw it. Required in signed decisions, so that none counts for somebody else. */
  subject: optional(decisionSubject),
}).check(
  z.refine(({ verdict, documents }) => verdict !== 'request-documents' || documents !== undefined, {
    path: ['documents'],
    error: 'a list of 1 to 50 is expected',
  }),
);
export type Decision = z.output<typeof decision>;

const MAX_PATCH = 64_000;
/** Deep enough for owners of owners at every allowed level, with a list and an object each. */
const MAX_DEPTH = 24;

/** Level by level, because recursion over thousands of levels would overflow, as in all functions that read the patch later. */
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

/** The messages of a case, each as a Signal and as an Update of the same name. */
export const MESSAGE_SCHEMAS = {
  submitDocuments: fields({ submittedBy: by, documents: list(documentReference) }),
  acceptConsents: consentEvidence,
  /** The client seals the code before it reaches Temporal; a plain one is refused. */
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
    /** With `adopt`: the result to continue with, e.g. `{"customerId": "…", "userId": "…"}`. */
    adopt: optional(marked('plain', z.record(z.string(), text(200), { error: OBJECT_EXPECTED }))),
  }).check(
    z.refine(({ action, adopt }) => action !== 'adopt' || adopt !== undefined, {
      path: ['adopt'],
      error: OBJECT_EXPECTED,
    }),
  ),
  /** Claims a case. */
  claim: fields({ by }),
  /** Releases a claimed case. */
  release: fields({ by }),
  assign: fields({ by, to: by, reason: why }),
  /** A note for other operators; stays in the case. */
  note: fields({ by, text: marked('personal', prose(2000)) }),
  /** Records that an operator looks at a document; its content comes from the store. */
  viewDocument: fields({ by, documentId: marked('plain', text(100)) }),
  /** Extends the current wait to a new due time, in the future. */
  extend: fields({ by, until: marked('plain', time()), reason: why }),
  /**
   * A TRANSACTION_APPROVER's decision on a transfer; the sender has verified who it is. `by` is the employee's `ref` or e-mail address in the
   * organization's application.
   */
  decideTransfer: fields({
    by: marked('personal', text(254)),
    verdict: oneOf(['approve', 'reject']),
    reason: optional(why),
  }),
  /**
   * The customer's confirmation of a prepared order with known fees. `orderId` is the one in the transfer's status; another one is refused,
   * because the order was prepared again.
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
 * Parses a message that anybody may have sent.
 * @throws Malformed, with the path and the expected value
 */
export function parseMessage<Name extends MessageName>(name: Name, value: unknown): MessageBodies[Name] {
  return parse(MESSAGE_SCHEMAS[name], value) as MessageBodies[Name];
}

/** A parsed message. */
export type Message = { [Name in MessageName]: { name: Name; body: MessageBodies[Name] } }[MessageName];

/** What only a lifecycle takes, what only a transfer or a customer does, and what every case does. */
export type LifecycleMessage =
  'submitDocuments' | 'acceptConsents' | 'submitActivationCode' | 'decideVerification' | 'correctApplication';
export type TransferMessage = 'decideTransfer' | 'confirmTransfer';
export type HandlingMessage = Exclude<MessageName, LifecycleMessage | TransferMessage | CustomerMessage>;

/** Why a message was refused. */
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
 * The answer to a message. `kept`: came early, applied when its time comes; `recorded`: counted, more is needed; `applied`: took effect.
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
