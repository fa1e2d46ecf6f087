import type { ConsentEvidence, DocumentReference, Money } from './application.js';
import {
  ATTENTION_ACTIONS,
  type CorrectApplication,
  type Decision,
  type DecisionSubject,
  type DocumentRequest,
  type MessageBodies,
  type MessageName,
  type Verdict,
  VERDICTS,
} from './messages.js';
import { isAmount } from './money.js';
import type { Approver, HandOver, PaymentConsent } from './payment-account.js';
import { OPERATOR_LEVELS, type OperatorLevel } from './policy.js';
import { isSealedText } from './sealed.js';
import { headerFault, textFault } from './text.js';

/*
 * Written by hand, since these run inside workflows, where a schema library would triple the bundle. A message is whatever somebody sent,
 * from `null` to a megabyte: parsing never lets it through half-checked and says what is wrong by path.
 */

/** What was wrong with a message, as `path: what is expected`. */
export class Malformed extends Error {}

const MAX_TEXT = 4000;
const MAX_NOTE = 2000;
const MAX_WHY = 500;
const MAX_ITEMS = 50;
const MAX_PATCH = 64_000;
/** Deep enough for owners of owners on every level that the intake takes, a list and an object each. */
const MAX_DEPTH = 24;
const MAX_VALID_DAYS = 3650;
const MAX_HANDED_OVER = 200;

type Fields = Record<string, unknown>;

function fields(value: unknown, path: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Malformed(`${path}: an object is expected`);
  return value as Fields;
}

function text(from: Fields, key: string, path: string, max = MAX_TEXT): string {
  const value = from[key];
  if (typeof value !== 'string' || value === '' || value.length > max) {
    throw new Malformed(`${path}.${key}: a text of 1 to ${max} characters is expected`);
  }
  const fault = textFault(value);
  if (fault !== undefined) throw new Malformed(`${path}.${key}: ${fault}`);
  return value;
}

/** A text that people write in their own words: it may have lines. */
function prose(from: Fields, key: string, path: string, max = MAX_TEXT): string {
  const value = from[key];
  if (typeof value !== 'string' || value === '' || value.length > max) {
    throw new Malformed(`${path}.${key}: a text of 1 to ${max} characters is expected`);
  }
  const fault = textFault(value, { lines: true });
  if (fault !== undefined) throw new Malformed(`${path}.${key}: ${fault}`);
  return value;
}

function optionalProse(from: Fields, key: string, path: string, max = MAX_TEXT): string | undefined {
  return from[key] === undefined || from[key] === null ? undefined : prose(from, key, path, max);
}

/** A text that becomes a header of calls to FinHub. */
function headerText(from: Fields, key: string, path: string, max: number): string {
  const value = text(from, key, path, max);
  const fault = headerFault(value);
  if (fault !== undefined) throw new Malformed(`${path}.${key}: ${fault}`);
  return value;
}

function optionalText(from: Fields, key: string, path: string, max = MAX_TEXT): string | undefined {
  return from[key] === undefined || from[key] === null ? undefined : text(from, key, path, max);
}

function integer(from: Fields, key: string, path: string, min: number): number {
  const value = from[key];
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < min) {
    throw new Malformed(`${path}.${key}: a whole number from ${min} is expected`);
  }
  return value;
}

function oneOf<T extends string>(from: Fields, key: string, path: string, allowed: readonly T[]): T {
  const value = allowed.find((candidate) => candidate === from[key]);
  if (value === undefined) throw new Malformed(`${path}.${key}: one of ${allowed.join(', ')} is expected`);
  return value;
}

function time(from: Fields, key: string, path: string): string {
  const value = text(from, key, path, 40);
  if (Number.isNaN(Date.parse(value))) throw new Malformed(`${path}.${key}: an ISO 8601 time is expected`);
  return value;
}

function list<T>(
  value: unknown,
  path: string,
  each: (item: unknown, path: string) => T,
  [min, max] = [1, MAX_ITEMS],
): T[] {
  if (!Array.isArray(value) || value.length < min || value.length > max) {
    throw new Malformed(`${path}: a list of ${min} to ${max} is expected`);
  }
  return value.map((item, index) => each(item, `${path}[${index}]`));
}

function documentReference(value: unknown, path: string): DocumentReference {
  const from = fields(value, path);
  const sha256 = text(from, 'sha256', path, 64);
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Malformed(`${path}.sha256: 64 hexadecimal digits are expected`);
  return {
    documentId: text(from, 'documentId', path, 100),
    type: text(from, 'type', path, 100),
    fileName: text(from, 'fileName', path, 255),
    mimeType: text(from, 'mimeType', path, 100),
    size: integer(from, 'size', path, 1),
    sha256,
    subject: optionalText(from, 'subject', path, 100),
  };
}

function consentEvidence(value: unknown, path: string): ConsentEvidence {
  const from = fields(value, path);
  return {
    version: text(from, 'version', path, 40),
    acceptedAt: time(from, 'acceptedAt', path),
    acceptedBy: optionalText(from, 'acceptedBy', path, 200),
    ipAddress: headerText(from, 'ipAddress', path, 64),
    userAgent: headerText(from, 'userAgent', path, 512),
  };
}

function documentRequest(value: unknown, path: string): DocumentRequest {
  const from = fields(value, path);
  return {
    type: text(from, 'type', path, 100),
    why: optionalProse(from, 'why', path, MAX_WHY),
    subject: optionalText(from, 'subject', path, 100),
  };
}

function subject(value: unknown, path: string): DecisionSubject {
  const from = fields(value, path);
  return { customerId: text(from, 'customerId', path, 200), verificationId: text(from, 'verificationId', path, 200) };
}

function decision(value: unknown, path: string): Decision {
  const from = fields(value, path);
  const operator = fields(from['operator'], `${path}.operator`);
  const verdict = oneOf<Verdict>(from, 'verdict', path, VERDICTS);
  return {
    decisionId: text(from, 'decisionId', path, 200),
    round: integer(from, 'round', path, 1),
    verdict,
    operator: {
      id: text(operator, 'id', `${path}.operator`, 200),
      level:
        operator['level'] === undefined
          ? undefined
          : oneOf<OperatorLevel>(operator, 'level', `${path}.operator`, OPERATOR_LEVELS),
    },
    evidenceHash: optionalText(from, 'evidenceHash', path, 100),
    customerReason: optionalProse(from, 'customerReason', path),
    internalReason: optionalProse(from, 'internalReason', path),
    retryable: from['retryable'] === true,
    subject: from['subject'] === undefined ? undefined : subject(from['subject'], `${path}.subject`),
    documents:
      verdict === 'request-documents' ? list(from['documents'], `${path}.documents`, documentRequest) : undefined,
  };
}

function correction(value: unknown, path: string): CorrectApplication {
  const from = fields(value, path);
  const patch = fields(from['patch'], `${path}.patch`);
  if (isDeeper(patch, MAX_DEPTH)) throw new Malformed(`${path}.patch: at most ${MAX_DEPTH} levels`);
  if (JSON.stringify(patch).length > MAX_PATCH) throw new Malformed(`${path}.patch: at most ${MAX_PATCH} characters`);
  return { correctedBy: text(from, 'correctedBy', path, 200), patch };
}

/** Level by level, since thousands of levels would be too many for a function that calls itself, as all do that read the patch later. */
function isDeeper(value: unknown, levels: number): boolean {
  let parts: unknown[] = [value];
  for (let level = 0; level < levels; level += 1)
    parts = parts.flatMap((part) => (typeof part === 'object' && part !== null ? Object.values(part as Fields) : []));
  return parts.some((part) => typeof part === 'object' && part !== null);
}

function adoption(value: unknown, path: string): Record<string, string> {
  const from = fields(value, path);
  return Object.fromEntries(Object.keys(from).map((key) => [key, text(from, key, path, 200)]));
}

function by(value: unknown): { by: string } {
  return { by: text(fields(value, '$'), 'by', '$', 200) };
}

const PARSERS: { [Name in MessageName]: (value: unknown) => MessageBodies[Name] } = {
  submitDocuments: (value) => {
    const from = fields(value, '$');
    return {
      submittedBy: text(from, 'submittedBy', '$', 200),
      documents: list(from['documents'], '$.documents', documentReference),
    };
  },
  acceptConsents: (value) => consentEvidence(value, '$'),
  submitActivationCode: (value) => ({ code: text(fields(value, '$'), 'code', '$', 1000) }),
  decideVerification: (value) => decision(value, '$'),
  correctApplication: (value) => correction(value, '$'),
  resolveAttention: (value) => {
    const from = fields(value, '$');
    const action = oneOf(from, 'action', '$', ATTENTION_ACTIONS);
    return {
      attentionId: text(from, 'attentionId', '$', 200),
      action,
      by: text(from, 'by', '$', 200),
      reason: optionalProse(from, 'reason', '$'),
      adopt: action === 'adopt' ? adoption(from['adopt'], '$.adopt') : undefined,
    };
  },
  claim: by,
  release: by,
  assign: (value) => {
    const from = fields(value, '$');
    return { by: text(from, 'by', '$', 200), to: text(from, 'to', '$', 200), reason: prose(from, 'reason', '$') };
  },
  note: (value) => {
    const from = fields(value, '$');
    return { by: text(from, 'by', '$', 200), text: prose(from, 'text', '$', MAX_NOTE) };
  },
  viewDocument: (value) => {
    const from = fields(value, '$');
    return { by: text(from, 'by', '$', 200), documentId: text(from, 'documentId', '$', 100) };
  },
  extend: (value) => {
    const from = fields(value, '$');
    return { by: text(from, 'by', '$', 200), until: time(from, 'until', '$'), reason: prose(from, 'reason', '$') };
  },
  decideTransfer: (value) => {
    const from = fields(value, '$');
    const verdict = oneOf(from, 'verdict', '$', ['approve', 'reject'] as const);
    return { by: text(from, 'by', '$', 254), verdict, reason: optionalProse(from, 'reason', '$') };
  },
  confirmTransfer: (value) => {
    const from = fields(value, '$');
    return { by: text(from, 'by', '$', 200), orderId: text(from, 'orderId', '$', 200) };
  },
  cancel: (value) => {
    const from = fields(value, '$');
    return { by: text(from, 'by', '$', 200), reason: prose(from, 'reason', '$') };
  },
};

function money(from: Fields, key: string, path: string): Money {
  const amount = fields(from[key], `${path}.${key}`);
  const found = {
    value: text(amount, 'value', `${path}.${key}`, 40),
    currency: text(amount, 'currency', `${path}.${key}`, 3),
  };
  if (!isAmount(found)) {
    throw new Malformed(`${path}.${key}: an amount such as {"value": "25.00", "currency": "EUR"} is expected`);
  }
  return found;
}

function sealedText(from: Fields, key: string, path: string): string | undefined {
  const value = optionalText(from, key, path);
  if (value !== undefined && !isSealedText(value)) throw new Malformed(`${path}.${key}: a sealed text is expected`);
  return value;
}

function iban(value: unknown, path: string): string {
  if (typeof value !== 'string' || value.length > 64) throw new Malformed(`${path}: an IBAN is expected`);
  return value;
}

function paymentConsent(value: unknown, path: string): PaymentConsent {
  const from = fields(value, path);
  const terms = fields(from['terms'], `${path}.terms`);
  const at = `${path}.terms`;
  return {
    consentId: text(from, 'consentId', path, 200),
    authenticationCode: sealedText(from, 'authenticationCode', path),
    validUntil: time(from, 'validUntil', path),
    terms: {
      title: text(terms, 'title', at, 400),
      validDays: Math.min(integer(terms, 'validDays', at, 1), MAX_VALID_DAYS),
      perTransaction: money(terms, 'perTransaction', at),
      perDay: money(terms, 'perDay', at),
      perMonth: terms['perMonth'] === undefined ? undefined : money(terms, 'perMonth', at),
      transactionsPerDay: integer(terms, 'transactionsPerDay', at, 1),
      maxTransactions: terms['maxTransactions'] === undefined ? undefined : integer(terms, 'maxTransactions', at, 1),
      allowedIbans: list(terms['allowedIbans'], `${at}.allowedIbans`, iban, [0, MAX_HANDED_OVER]),
    },
  };
}

/**
 * Reads what a lifecycle hands over to its account's case; anybody may have sent it.
 * @throws Malformed, with the path and what is expected there
 */
export function parseHandOver(value: unknown): HandOver {
  const from = fields(value, '$');
  const approver = (one: unknown, path: string): Approver => {
    const person = fields(one, path);
    return { ref: text(person, 'ref', path, 100), email: text(person, 'email', path, 254) };
  };
  return {
    consent: paymentConsent(from['consent'], '$.consent'),
    approvers: list(from['approvers'], '$.approvers', approver, [0, MAX_HANDED_OVER]),
  };
}

/**
 * Reads a message that anybody may have sent.
 * @throws Malformed, with the path and what is expected there
 */
export function parseMessage<Name extends MessageName>(name: Name, value: unknown): MessageBodies[Name] {
  return PARSERS[name](value);
}
