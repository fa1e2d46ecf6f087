import type { Refusal } from '../lifecycle/messages.js';

/** Exit codes of the command lines; `--help` prints this table. */
export const EXIT_CODES = {
  ok: { code: 0, meaning: 'done' },
  failure: { code: 1, meaning: 'unexpected failure' },
  invalid: { code: 2, meaning: 'wrong usage or invalid input; nothing was sent' },
  refused: { code: 3, meaning: 'refused, or in conflict with something that exists' },
  notFound: { code: 4, meaning: 'no such case or document' },
  noAnswer: { code: 5, meaning: 'timed out, or no answer' },
  needsAttention: { code: 6, meaning: "the case needs a person's attention first" },
} as const;

export type ExitName = keyof typeof EXIT_CODES;

/** The meaning of a code, for every interface. */
export interface CodeMeaning {
  meaning: string;
  /** Exit code of a command line. */
  exit: ExitName;
  /** Status of an HTTP response. */
  status: number;
  helps: string;
}

const row = (status: number, exit: ExitName, meaning: string, helps: string): CodeMeaning => ({
  ...{ status, exit, meaning, helps },
});

/** A case's refusals of messages. */
const REFUSALS: Record<Refusal, CodeMeaning> = {
  Malformed: row(422, 'invalid', 'the message cannot be read', 'fix what the detail names, and send it again'),
  UnknownOperator: row(403, 'refused', 'the signers file has no operator with this id', 'check the id, or add them'),
  ProofInvalid: row(403, 'refused', 'the message has no valid proof', 'sign it with the right key'),
  Duplicate: row(409, 'refused', 'another message was sent with this id before', 'use another id or Idempotency-Key'),
  UnsealedSecret: row(422, 'refused', 'a secret was not sealed', 'send it through the client library or the gateway'),
  WrongTenant: row(403, 'refused', 'the operator does not work for this tenant', 'ask an operator who does'),
  LevelInsufficient: row(
    403,
    'refused',
    "the operator's level is too low",
    'ask an operator with the level that the case names',
  ),
  SelfApproval: row(403, 'refused', 'a submitter may not decide on the same case', 'ask another operator'),
  SamePersonTwice: row(
    403,
    'refused',
    'the operator has approved already',
    'another person must give the second approval',
  ),
  StaleRound: row(409, 'refused', 'the review is in another round now', 'look at the case again, then decide'),
  EvidenceChanged: row(409, 'refused', 'the evidence has changed since', 'look at the case again, then decide'),
  AlreadyDecided: row(409, 'refused', 'the review is decided', 'nothing; the decision stands'),
  DecisionConflict: row(409, 'refused', 'another decision was sent with this id before', 'use another decisionId'),
  AlreadyFinal: row(409, 'refused', 'the case has ended', 'nothing; a new application needs a new id'),
  NothingToResolve: row(409, 'refused', 'nothing with this id needs attention', 'look at the case again'),
  AlreadyClaimed: row(409, 'refused', 'somebody else has the case', 'let them release it, or assign it'),
  NotAnApprover: row(403, 'refused', 'the sender is not an approver of the transfer', 'ask a TRANSACTION_APPROVER'),
  NotAllowed: row(409, 'refused', 'the case does not accept this message now', 'see what its status waits for'),
};

/**
 * All codes by which a command line or the gateway reports a failure: meaning, exit code, HTTP status, and how to fix it. The code of an
 * error is its `name`, that of a refusal its own word.
 */
export const CODES = {
  ...REFUSALS,
  InvalidInput: row(422, 'invalid', 'the input is invalid; nothing was sent', 'fix every listed fault'),
  ApplicationConflict: row(409, 'refused', 'the id was used with other content', 'use a new id, or correct the case'),
  NotResumable: row(409, 'refused', 'the case cannot be resumed', 'see the message'),
  CaseStopped: row(409, 'refused', 'the case was ended from outside', 'npm run starter -- resume ID restarts it'),
  CaseNotFound: row(404, 'notFound', 'there is no such case', 'check kind and id; closed cases go after a time'),
  DocumentUnavailable: row(404, 'notFound', 'there is no such document', 'submit it again'),
  NoAnswer: row(503, 'noAnswer', 'no worker answered: the outcome is unknown', 'retry with the same key or id'),
  WaitTimedOut: row(504, 'noAnswer', 'the wait timed out', 'wait again; the case continues'),
  TemporalUnreachable: row(503, 'noAnswer', 'Temporal does not respond', 'retry with the same key or id'),
  NamespaceNotFoundError: row(500, 'invalid', 'Temporal has no such namespace', 'check TEMPORAL_NAMESPACE'),
  NamespaceNotOurs: row(500, 'refused', 'we may not set up this namespace', 'check TEMPORAL_NAMESPACE'),
  SearchAttributesMissing: row(500, 'invalid', 'the namespace lacks search attributes', 'npm run setup.namespace'),
  NotShared: row(500, 'invalid', 'workers have another key ring or document store', 'give all processes the same'),
  StoreOfOthers: row(500, 'invalid', 'the document store belongs to another key ring', 'check DOCUMENT_STORE'),
  DocumentStoreError: row(500, 'invalid', "the document store's settings are not usable", 'check DOCUMENT_STORE'),
  ConfigurationError: row(500, 'invalid', 'the configuration has faults', 'npm run config'),
  TemporalSettingsError: row(500, 'invalid', "Temporal's settings have faults", 'npm run config'),
  SigningKeyError: row(
    500,
    'invalid',
    'the signing key is not usable',
    'check SIGNING_KEY_FILE, or make one with keygen',
  ),
  SignersFileError: row(500, 'invalid', 'the signers file is not usable', 'fix what the message names'),
  IdempotencyKeyMissing: row(
    400,
    'invalid',
    'the header Idempotency-Key is missing',
    'send one, and the same one for a retry',
  ),
  BodyUnreadable: row(400, 'invalid', 'the request cannot be read', 'send well-formed JSON in UTF-8'),
  KeyMissing: row(500, 'invalid', 'it is encrypted with a key that is not in the key ring', 'complete the key ring'),
  CredentialsUnavailable: row(503, 'noAnswer', 'credentials cannot be checked now', 'retry later; see the log'),
  Unauthenticated: row(401, 'refused', 'no valid credentials', 'send a valid token or API key'),
  Forbidden: row(403, 'refused', 'the credentials do not allow this', 'use credentials with the named scope'),
  CrossSite: row(403, 'refused', 'the request does not come from our own pages', 'send the X-CSRF-Token from /session'),
  OperatorNeeded: row(403, 'refused', 'only an operator may send this', "use an operator's token, or send their proof"),
  MethodNotAllowed: row(
    405,
    'refused',
    'the path does not take this method',
    'the Allow header names those that it takes',
  ),
  NoSuchRoute: row(404, 'notFound', 'nothing exists at this path', 'see /openapi.json'),
  BodyTooLarge: row(413, 'invalid', 'the body is too large', 'send less; send documents one by one'),
  MediaTypeUnsupported: row(415, 'invalid', 'the body has an unexpected type', 'see /openapi.json'),
  SignatureInvalid: row(
    403,
    'refused',
    'the webhook is not signed with a valid secret',
    'check that FinHub and the gateway have the same secret: npm run webhooks -- status',
  ),
  WebhookOutdated: row(400, 'invalid', 'the webhook is too old or from the future', 'check both clocks'),
  TooManyRequests: row(429, 'noAnswer', 'too many requests at a time', 'wait as long as Retry-After says'),
  Unexpected: row(500, 'failure', 'unexpected failure', 'retry; if it persists, report the requestId'),
} as const satisfies Record<string, CodeMeaning>;

export type Code = keyof typeof CODES;

/** The code of an error; `Unexpected` for an unforeseen one. */
export function codeOf(error: unknown): Code {
  const name = error instanceof Error ? error.name : '';
  return Object.hasOwn(CODES, name) ? (name as Code) : 'Unexpected';
}
