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

/** Where a payload belongs: its workflow, and the activity if it is one's. */
export interface Place {
  workflowId: string;
  activityId?: string | undefined;
}

export interface CodecOptions {
  keys: KeyRing;
  /** Bound to each payload: one copied from another namespace does not open. */
  namespace: string;
  /** Takes nothing that nobody encrypted, such as signals of Temporal's CLI without a codec server. */
  encryptedOnly?: boolean | undefined;
  /** Told of every payload that could not be read, and of the workflow that it came to. */
  onUndecodable?: ((error: Error, workflowId: string | undefined) => void) | undefined;
}

/**
 * Encrypts payloads with AES-256-GCM before they reach Temporal. Key id, namespace, workflow id and activity id are authenticated with each
 * (format v2, docs/reference/security.md). A payload that was not encrypted, was changed, copied from elsewhere or encrypted under a key that nobody knows
 * comes out as a marker that no schema takes, so that one message never stalls a case. Only where a key of the ring is missing here does it
 * throw: the task fails and is tried again until the key is back.
 */
export class EncryptingCodec implements PayloadCodec {
  readonly #options: CodecOptions;

  constructor(options: CodecOptions) {
    this.#options = options;
  }

  encode(payloads: Payload[], context?: SerializationContext): Promise<Payload[]> {
    // What belongs to no workflow, such as the failure of one that has no code, opens nowhere.
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
 * Opens a payload by the place that it names, or says why it does not open.
 * @throws KeyMissing where the ring lists its key and does not hold it
 */
export function decrypt(
  { keys, namespace }: Pick<CodecOptions, 'keys' | 'namespace'>,
  payload: Payload,
): { payload: Payload; at: Place } | string {
  const keyId = metadataOf(payload, 'key-id');
  if (!keys.keys.has(keyId)) {
    if (keys.listed.has(keyId)) throw new KeyMissing(`key "${keyId}" is listed in the key ring, and missing here`);
    return 'its key is not known';
  }
  const at = readPlace(metadataOf(payload, 'place'));
  if (!at) return 'it does not say where it belongs';
  try {
    const content = open(keys, keyId, PURPOSE, bound(keyId, namespace, at), Buffer.from(payload.data ?? []));
    return { payload: proto.temporal.api.common.v1.Payload.decode(content), at };
  } catch (error) {
    if (error instanceof BoxError) return error.message;
    throw error;
  }
}

/** Marks what a person encodes through the codec server, for messages that they send with Temporal's CLI. @throws SyntaxError for no JSON */
export function placeByHand(payload: Payload): Payload {
  return json(place(BY_HAND, JSON.parse(Buffer.from(payload.data ?? []).toString('utf8'))));
}

export function isEncrypted(payload: Payload): boolean {
  return metadataOf(payload, 'encoding') === ENCODING;
}

/** What nobody encrypted, as a message of the trial mode; what is no JSON cannot be read. */
function plain(payload: Payload): Payload {
  const text = Buffer.from(payload.data ?? []).toString('utf8');
  if (metadataOf(payload, 'encoding') === 'binary/null') return json(place(PLAIN, null));
  try {
    if (metadataOf(payload, 'encoding') !== 'json/plain') return json(place(UNREADABLE, 'JSON is expected'));
    return json(place(PLAIN, JSON.parse(text)));
  } catch {
    return json(place(UNREADABLE, 'JSON is expected'));
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
