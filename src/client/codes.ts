import type { Refusal } from '../lifecycle/messages.js';

/** Exit codes of the command lines; `--help` prints this table. */
export const EXIT_CODES = {
  ok: { code: 0, meaning: 'done' },
  failure: { code: 1, meaning: 'unexpected failure' },
  invalid: { code: 2, meaning: 'wrong usage or invalid input; nothing was sent' },
  refused: { code: 3, meaning: 'refused, or in conflict with what is there' },
  notFound: { code: 4, meaning: 'no such case or document' },
  noAnswer: { code: 5, meaning: 'timed out, or nobody answered' },
  needsAttention: { code: 6, meaning: 'the case needs the attention of a person first' },
} as const;

export type ExitName = keyof typeof EXIT_CODES;

/** What a code stands for, wherever it is told. */
export interface CodeMeaning {
  meaning: string;
  /** Of a command line that ends with it. */
  exit: ExitName;
  /** Of an HTTP answer that carries it. */
  status: number;
  helps: string;
}

const row = (status: number, exit: ExitName, meaning: string, helps: string): CodeMeaning => ({
  ...{ status, exit, meaning, helps },
});

/** What a case says to a message that it does not take. */
const REFUSALS: Record<Refusal, CodeMeaning> = {
  Malformed: row(422, 'invalid', 'the message cannot be read', 'mend what the detail names, and send it anew'),
  UnknownOperator: row(403, 'refused', 'the signers file knows no operator of this id', 'check the id, or add them'),
  ProofInvalid: row(403, 'refused', 'the message lacks a proof that carries it', 'sign it with the key that it takes'),
  Duplicate: row(409, 'refused', 'another message came under this id before', 'take another id or Idempotency-Key'),
  UnsealedSecret: row(422, 'refused', 'a secret came unsealed', 'send it through the client library or the gateway'),
  WrongTenant: row(403, 'refused', 'the operator does not work for this tenant', 'ask one who does'),
  LevelInsufficient: row(403, 'refused', "the operator's level is too low", 'ask one of the level that the case names'),
  SelfApproval: row(403, 'refused', 'who handed something in does not decide on it', 'ask another operator'),
  SamePersonTwice: row(403, 'refused', 'the operator has approved already', 'the second approval takes another person'),
  StaleRound: row(409, 'refused', 'the review has gone on to another round', 'look at the case again, then decide'),
  EvidenceChanged: row(
    409,
    'refused',
    'the evidence is not what was decided on',
    'look at the case again, then decide',
  ),
  AlreadyDecided: row(409, 'refused', 'the review was decided', 'nothing; the decision stands'),
  DecisionConflict: row(409, 'refused', 'another decision came under this id before', 'take another decisionId'),
  AlreadyFinal: row(409, 'refused', 'the case has ended', 'nothing; a new application takes a new id'),
  NothingToResolve: row(409, 'refused', 'nothing of this id needs attention', 'look at the case again'),
  AlreadyClaimed: row(409, 'refused', 'somebody else has the case', 'let them release it, or assign it'),
  NotAnApprover: row(403, 'refused', 'who decides is no approver of the transfer', 'ask a TRANSACTION_APPROVER'),
  NotAllowed: row(409, 'refused', 'the case takes no such message now', 'see what its status waits for'),
};

/**
 * Every code by which a command line or the gateway says that something did not go as asked: meaning, exit code, HTTP status and what helps. An
 * error of ours is known by its `name`, a refusal by its own word.
 */
export const CODES = {
  ...REFUSALS,
  InvalidInput: row(422, 'invalid', 'the input cannot be taken; nothing was sent', 'mend every fault that is listed'),
  ApplicationConflict: row(409, 'refused', 'the id was used with other content', 'take a new id, or correct the case'),
  NotResumable: row(409, 'refused', 'the case cannot be resumed', 'the message says what helps'),
  CaseStopped: row(409, 'refused', 'the case was ended from outside', 'npm run starter -- resume ID starts it again'),
  CaseNotFound: row(404, 'notFound', 'there is no such case', 'check kind and id; closed cases go after a time'),
  DocumentUnavailable: row(404, 'notFound', 'there is no such document', 'hand it in again'),
  NoAnswer: row(503, 'noAnswer', 'no worker answered: the outcome is unknown', 'repeat it with the same key or id'),
  WaitTimedOut: row(504, 'noAnswer', 'what was waited for did not happen in time', 'wait again; the case goes on'),
  TemporalUnreachable: row(503, 'noAnswer', 'Temporal does not answer', 'repeat it with the same key or id'),
  NamespaceNotFoundError: row(500, 'invalid', 'Temporal has no such namespace', 'check TEMPORAL_NAMESPACE'),
  NamespaceNotOurs: row(500, 'refused', 'the namespace belongs to something else', 'check TEMPORAL_NAMESPACE'),
  SearchAttributesMissing: row(500, 'invalid', 'the namespace lacks search attributes', 'npm run setup.namespace'),
  NotShared: row(500, 'invalid', 'workers have another key ring or document store', 'give all processes the same'),
  StoreOfOthers: row(500, 'invalid', 'the document store belongs to another key ring', 'check DOCUMENT_STORE'),
  DocumentStoreError: row(500, 'invalid', 'the document store cannot be used as set', 'check DOCUMENT_STORE'),
  ConfigurationError: row(500, 'invalid', 'the configuration has faults', 'npm run config'),
  TemporalSettingsError: row(500, 'invalid', "Temporal's settings have faults", 'npm run config'),
  SigningKeyError: row(
    500,
    'invalid',
    'the signing key cannot be used',
    'check SIGNING_KEY_FILE, or make one by keygen',
  ),
  SignersFileError: row(500, 'invalid', 'the signers file cannot be used', 'mend what the message names'),
  IdempotencyKeyMissing: row(
    400,
    'invalid',
    'the header Idempotency-Key is missing',
    'send one; the same for a repeat',
  ),
  BodyUnreadable: row(400, 'invalid', 'the request cannot be read', 'send well-formed JSON in UTF-8'),
  KeyMissing: row(500, 'invalid', 'it was encrypted with a key that this process lacks', 'complete the key ring'),
  CredentialsUnavailable: row(503, 'noAnswer', 'nobody can be let in now', 'repeat it later; look at the log'),
  Unauthenticated: row(401, 'refused', 'no credentials that hold', 'send a valid token or API key'),
  Forbidden: row(403, 'refused', 'the credentials do not allow this', 'use some with the scope that is named'),
  CrossSite: row(
    403,
    'refused',
    'the request does not come from a page of ours',
    'send the X-CSRF-Token that /session tells',
  ),
  OperatorNeeded: row(403, 'refused', 'an operator has to say this', "use an operator's token, or send their proof"),
  NoSuchRoute: row(404, 'notFound', 'there is nothing at this path', 'see /openapi.json'),
  BodyTooLarge: row(413, 'invalid', 'the body is too large', 'send less; documents go one by one'),
  MediaTypeUnsupported: row(415, 'invalid', 'the body is of another type than expected', 'see /openapi.json'),
  SignatureInvalid: row(
    403,
    'refused',
    'the webhook is not signed with a secret that counts here',
    'see that FinHub and the gateway have the same secret: npm run webhooks -- status',
  ),
  WebhookOutdated: row(400, 'invalid', 'the webhook is too old or from the future', 'see that both clocks are right'),
  TooManyRequests: row(429, 'noAnswer', 'too many requests at a time', 'wait as long as Retry-After says'),
  Unexpected: row(500, 'failure', 'unexpected failure', 'repeat it; if it stays, tell us the requestId'),
} as const satisfies Record<string, CodeMeaning>;

export type Code = keyof typeof CODES;

/** The code of an error; `Unexpected` for what nobody foresaw. */
export function codeOf(error: unknown): Code {
  const name = error instanceof Error ? error.name : '';
  return Object.hasOwn(CODES, name) ? (name as Code) : 'Unexpected';
}
