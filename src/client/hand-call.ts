import { createHash, randomUUID } from 'node:crypto';
import { distance } from 'fastest-levenshtein';
import { z } from 'zod';
import { endpointByHand, OPERATIONS_BY_HAND, SESSION_OPERATIONS } from '../finhub/by-hand.js';
import { secretInputOf, type Endpoint, type IdempotencyClass } from '../finhub/endpoint.js';
import { outgoing } from '../finhub/outgoing.js';
import { canonicalJson } from '../lifecycle/canonical.js';
import { callName, type HandCall } from '../lifecycle/hand-call.js';
import { caseId } from '../lifecycle/ids.js';
import type { KeyRing } from '../secrets/key-ring.js';
import { isSealedText } from '../lifecycle/sealed.js';
import { fingerprint, seal } from '../secrets/seal.js';
import { readDocuments, type ReadDocument } from './document-intake.js';
import { InvalidInput, type Fault } from './errors.js';
import { faultsOf, TENANT_MISSING } from '../intake/faults.js';
import { pathText } from '../lifecycle/path-text.js';
import { document, key, origin, text } from '../contract/field-schemas.js';

/** A call as an operator requests it. */
export interface HandCallRequest {
  operation: string;
  /** In the operation's own form, see {@link callInputSchema}. */
  input: unknown;
  by: string;
  reason: string;
  /** Identifies the call; by default derived from its content, for a read new each time. */
  callId?: string | undefined;
  actAs?: 'admin' | 'powerTenant' | undefined;
  /** The customer's own, if the customer acts. */
  origin?: HandCall['origin'];
}

/** A checked call that was not started yet. */
export interface PlannedCall {
  workflowId: string;
  /** With sealed secrets; without its document. */
  call: HandCall;
  document: ReadDocument | undefined;
  /** Distinguishes equal content from other content. */
  mark: string;
  /** The request to FinHub, without its secrets. */
  sent: { method: string; host: string; path: string; body: unknown; class: IdempotencyClass };
}

/** The operator's fields besides the input. */
const asked = z.object({
  by: text(),
  reason: text(1000),
  callId: key(64).optional(),
  origin: z.strictObject(origin).optional(),
});

/** A document's content is too large for Temporal: it goes through the document store, and the call refers to it. */
const uploadSchema = z.strictObject({
  verificationId: text(),
  customerId: text(),
  organization: z.boolean().describe('whether the customer is an organization'),
  document,
});

const SECRET = '(secret)';

/** JSON Schema of an operation's input by hand. Throws InvalidInput for an unknown operation. */
export function callInputSchema(operation: string): unknown {
  return z.toJSONSchema(schemaOf(known(operation)), { io: 'input', unrepresentable: 'any' });
}

/**
 * Checks a call, seals its secrets and shows its request. Sends and starts nothing.
 * @param folder that a document's `file` is relative to
 * @throws InvalidInput with every fault
 */
export async function planCall(
  { keys, tenantId }: { keys: KeyRing; tenantId: string | undefined },
  request: HandCallRequest,
  { folder }: { folder?: string | undefined } = {},
): Promise<PlannedCall> {
  const { operation, input, actAs } = request;
  const endpoint = known(operation);
  const about = asked.safeParse(request);
  const checked = schemaOf(endpoint).safeParse(input);
  const upload = endpoint.operation === 'uploadDocument';
  const read = await readDocuments(upload ? [(input as { document?: unknown } | null)?.document] : [], folder);
  const faults = [
    ...faultsOf(about.error),
    ...faultsOf(checked.error),
    ...read.faults.map((fault) => ({ ...fault, path: fault.path.replace('documents[0]', 'document') })),
    ...strayFaults(input, secretInputOf(endpoint)),
    ...(tenantId === undefined ? [TENANT_MISSING] : []),
  ];
  if (!about.success || !checked.success || tenantId === undefined || faults.length > 0) {
    throw new InvalidInput('the call', faults);
  }

  const [file] = read.documents;
  const plain = file ? { ...(input as object), document: described(file) } : input;
  const content = canonicalJson({ operation, input: plain, actAs });
  const mark = fingerprint(keys, content);
  const isRead = endpoint.idempotency.class === 'safe';
  const { by, reason, origin: from, callId = isRead ? randomUUID() : mark.slice(0, 16) } = about.data;
  const call: HandCall = {
    ...{ tenantId, operation, callId, by, reason, actAs, origin: from },
    input: withSecrets(plain, secretInputOf(endpoint), (secret) =>
      isSealedText(secret) ? secret : seal(keys, secret),
    ),
  };
  return {
    workflowId: caseId('call', tenantId, callName(call)),
    call,
    document: file,
    mark,
    sent: sentBy(endpoint, file ? wireForm(input, file) : input, tenantId),
  };
}

function known(operation: string): Endpoint<unknown, unknown> {
  const endpoint = endpointByHand(operation);
  if (endpoint) return endpoint;
  const message = SESSION_OPERATIONS.includes(operation)
    ? 'sessions cannot be called by hand: each worker opens, renews and closes its own'
    : `no such operation; did you mean ${nearest(operation).join(', ')}? "npm run endpoints" lists all`;
  throw new InvalidInput('the operation', [{ path: operation, message }]);
}

/** Operations whose names contain the text, otherwise those with the most similar names. */
function nearest(operation: string): string[] {
  const wanted = operation.toLowerCase();
  const holding = OPERATIONS_BY_HAND.filter((name) => wanted !== '' && name.toLowerCase().includes(wanted));
  const away = (name: string) => distance(name.toLowerCase(), wanted);
  const byDistance = [...OPERATIONS_BY_HAND].sort((a, b) => away(a) - away(b));
  return (holding.length > 0 ? holding : byDistance).slice(0, 3);
}

function schemaOf(endpoint: Endpoint<unknown, unknown>): z.ZodType {
  return endpoint.operation === 'uploadDocument' ? uploadSchema : endpoint.request;
}

/** Sealed texts are opened anywhere in an input, so they are allowed only where a secret belongs. */
function strayFaults(input: unknown, secrets: readonly string[], path: PropertyKey[] = []): Fault[] {
  if (typeof input === 'string') {
    return isSealedText(input) ? [{ path: pathText(path), message: 'no sealed text belongs here' }] : [];
  }
  if (typeof input !== 'object' || input === null || input instanceof Uint8Array) return [];
  return Object.entries(input).flatMap(([name, part]) =>
    path.length === 0 && secrets.includes(name) ? [] : strayFaults(part, secrets, [...path, name]),
  );
}

function withSecrets(input: unknown, names: readonly string[], change: (secret: string) => string): unknown {
  return Object.fromEntries(
    Object.entries(input as object).map(([name, part]: [string, unknown]) => [
      name,
      names.includes(name) && typeof part === 'string' ? change(part) : part,
    ]),
  );
}

/** A document as it names a call: by its content. */
function described({ index: _, ...document }: ReadDocument): object {
  if (!('content' in document)) return document;
  const { content, ...meta } = document;
  return { ...meta, sha256: createHash('sha256').update(content).digest('hex') };
}

/** The form in which the worker sends a document; without its id and content. */
function wireForm(input: unknown, { type, mimeType, fileName }: ReadDocument): unknown {
  const { document: _, ...target } = input as { document: unknown };
  return { ...target, docId: '(its id)', documentType: type, mimeType, fileName, fileContent: '(its content)' };
}

function sentBy(endpoint: Endpoint<unknown, unknown>, input: unknown, tenantId: string): PlannedCall['sent'] {
  const { method, host, idempotency } = endpoint;
  // Only the worker knows which user acts.
  const tenant = { tenantId, actor: { userId: '(acting user)', organizationId: '(acting organization)', roles: [] } };
  const { path, body } = outgoing(
    endpoint,
    withSecrets(input, secretInputOf(endpoint), () => SECRET),
    tenant,
  );
  const sent: unknown = typeof body === 'string' ? JSON.parse(body) : (body ?? undefined);
  return { method, host, path, body: sent, class: idempotency.class };
}
