import type { Payload, PayloadCodec, SerializationContext } from '@temporalio/common';
import proto from '@temporalio/proto';
import { BY_HAND, PLAIN, place, UNREADABLE } from '../lifecycle/slots.js';
import { BoxError, close, KeyMissing, open } from '../secrets/box.js';
import type { KeyRing } from '../secrets/key-ring.js';

const ENCODING = 'binary/encrypted';
const PURPOSE = 'payload v2';

/** A payload that the codec server cannot show. */
export class UndecodablePayload extends Error {
  override readonly name = 'UndecodablePayload';
}

/** Where a payload belongs: its workflow, and its activity if it has one. */
export interface Place {
  workflowId: string;
  activityId?: string | undefined;
}

export interface CodecOptions {
  keys: KeyRing;
  /** Bound to each payload, so that one copied from another namespace does not open. */
  namespace: string;
  /** Rejects unencrypted payloads, for example signals from Temporal's CLI without a codec server. */
  encryptedOnly?: boolean | undefined;
  /** Called for every unreadable payload, with the workflow that got it. */
  onUndecodable?: ((error: Error, workflowId: string | undefined) => void) | undefined;
}

/**
 * Encrypts payloads with AES-256-GCM before they reach Temporal. Key id, namespace, workflow id and activity id are authenticated with each
 * (format v2, docs/reference/security.md). A payload that is not encrypted, was changed, copied from elsewhere or encrypted under an unknown
 * key becomes a marker that no schema accepts, so that one bad message never stalls a case. If a known key is missing from the ring, it
 * throws: the task fails and is retried until the key is back.
 */
export class EncryptingCodec implements PayloadCodec {
  readonly #options: CodecOptions;

  constructor(options: CodecOptions) {
    this.#options = options;
  }

  encode(payloads: Payload[], context?: SerializationContext): Promise<Payload[]> {
    // A payload without a workflow, for example the failure of a workflow type without code, opens nowhere.
    const at = placeOf(context) ?? { workflowId: '' };
    return Promise.resolve(payloads.map((payload) => encrypt(this.#options, payload, at)));
  }

  decode(payloads: Payload[], context?: SerializationContext): Promise<Payload[]> {
    const at = placeOf(context);
    try {
      return Promise.resolve(payloads.map((payload) => this.#read(payload, at)));
    } catch (error) {
      if (!(error instanceof KeyMissing)) throw error;
      this.#options.onUndecodable?.(error, at?.workflowId);
      return Promise.reject(error);
    }
  }

  #read(payload: Payload, at: Place | undefined): Payload {
    if (!isEncrypted(payload))
      return this.#options.encryptedOnly ? this.#unreadable('nobody encrypted it', at) : plain(payload);
    const opened = decrypt(this.#options, payload);
    if (typeof opened === 'string') return this.#unreadable(opened, at);
    if (at && !isSame(opened.at, at)) return this.#unreadable('it was copied from elsewhere', at);
    return opened.payload;
  }

  #unreadable(why: string, at: Place | undefined): Payload {
    this.#options.onUndecodable?.(new UndecodablePayload(`a payload cannot be read: ${why}`), at?.workflowId);
    return json(place(UNREADABLE, why));
  }
}

/** Encrypts a payload for its place. */
export function encrypt(
  { keys, namespace }: Pick<CodecOptions, 'keys' | 'namespace'>,
  payload: Payload,
  at: Place,
): Payload {
  const content = proto.temporal.api.common.v1.Payload.encode(payload).finish();
  return {
    metadata: {
      encoding: Buffer.from(ENCODING),
      'key-id': Buffer.from(keys.current),
      place: Buffer.from(JSON.stringify([at.workflowId, at.activityId ?? null])),
    },
    data: close(keys, PURPOSE, bound(keys.current, namespace, at), content),
  };
}

/**
 * Opens a payload at the place that it names, or returns why it does not open.
 * @throws KeyMissing if the ring lists its key but does not have it
 */
export function decrypt(
  { keys, namespace }: Pick<CodecOptions, 'keys' | 'namespace'>,
  payload: Payload,
): { payload: Payload; at: Place } | string {
  const keyId = metadataOf(payload, 'key-id');
  if (!keys.keys.has(keyId)) {
    if (keys.listed.has(keyId)) throw new KeyMissing(`key "${keyId}" is listed in the key ring, but missing here`);
    return 'its key is unknown';
  }
  const at = readPlace(metadataOf(payload, 'place'));
  if (!at) return 'it does not name its place';
  try {
    const content = open(keys, keyId, PURPOSE, bound(keyId, namespace, at), Buffer.from(payload.data ?? []));
    return { payload: proto.temporal.api.common.v1.Payload.decode(content), at };
  } catch (error) {
    if (error instanceof BoxError) return error.message;
    throw error;
  }
}

/** Marks a payload that a person encodes with the codec server, to send a message with Temporal's CLI. @throws SyntaxError if it is not JSON */
export function placeByHand(payload: Payload): Payload {
  return json(place(BY_HAND, JSON.parse(Buffer.from(payload.data ?? []).toString('utf8'))));
}

export function isEncrypted(payload: Payload): boolean {
  return metadataOf(payload, 'encoding') === ENCODING;
}

/** An unencrypted payload as a message in trial mode; unreadable if it is not JSON. */
function plain(payload: Payload): Payload {
  const text = Buffer.from(payload.data ?? []).toString('utf8');
  if (metadataOf(payload, 'encoding') === 'binary/null') return json(place(PLAIN, null));
  try {
    if (metadataOf(payload, 'encoding') !== 'json/plain') return json(place(UNREADABLE, 'expected JSON'));
    return json(place(PLAIN, JSON.parse(text)));
  } catch {
    return json(place(UNREADABLE, 'expected JSON'));
  }
}

function json(value: unknown): Payload {
  return { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from(JSON.stringify(value)) };
}

function bound(keyId: string, namespace: string, { workflowId, activityId }: Place): string {
  return JSON.stringify(['v2', keyId, namespace, workflowId, activityId ?? null]);
}

function placeOf(context: SerializationContext | undefined): Place | undefined {
  if (context?.workflowId === undefined) return undefined;
  const { workflowId } = context;
  return context.type === 'activity' ? { workflowId, activityId: context.activityId } : { workflowId };
}

function readPlace(text: string): Place | undefined {
  try {
    const [workflowId, activityId] = JSON.parse(text) as unknown[];
    if (typeof workflowId !== 'string' || !(activityId === null || typeof activityId === 'string')) return undefined;
    return { workflowId, ...(activityId === null ? {} : { activityId }) };
  } catch {
    return undefined;
  }
}

const isSame = (one: Place, other: Place): boolean =>
  one.workflowId === other.workflowId && (one.activityId ?? undefined) === (other.activityId ?? undefined);

function metadataOf(payload: Payload, name: string): string {
  return Buffer.from(payload.metadata?.[name] ?? []).toString();
}
