import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';
import { deriveKey, type KeyRing } from '../secrets/key-ring.js';

const ENCODING = 'binary/encrypted';
const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A payload that cannot be read here; its case stalls until the key is back in the ring, others go on. */
export class UndecodablePayload extends Error {
  override readonly name = 'UndecodablePayload';
}

export interface CodecOptions {
  keys: KeyRing;
  /** Bound to each payload: one copied from another namespace does not open. */
  namespace: string;
  /** Refuses payloads that nobody encrypted, such as signals of Temporal's CLI without a codec server. */
  encryptedOnly?: boolean | undefined;
  /** Told of every payload that could not be read. */
  onUndecodable?: ((error: UndecodablePayload) => void) | undefined;
}

/**
 * Encrypts payloads with AES-256-GCM before they reach Temporal. Key id and namespace are authenticated with each; the workflow is not, since
 * a codec server does not know it.
 */
export class EncryptingCodec implements PayloadCodec {
  readonly #options: CodecOptions;
  readonly #derived = new Map<string, Buffer>();

  constructor(options: CodecOptions) {
    this.#options = options;
  }

  encode(payloads: Payload[]): Promise<Payload[]> {
    return Promise.resolve(payloads.map((payload) => this.#encrypt(payload)));
  }

  decode(payloads: Payload[]): Promise<Payload[]> {
    try {
      return Promise.resolve(payloads.map((payload) => this.#decrypt(payload)));
    } catch (error) {
      if (error instanceof UndecodablePayload) this.#options.onUndecodable?.(error);
      return Promise.reject(error);
    }
  }

  #encrypt(payload: Payload): Payload {
    const keyId = this.#options.keys.current;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.#key(keyId), nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(this.#bound(keyId));
    const plain = proto.temporal.api.common.v1.Payload.encode(payload).finish();
    const data = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    return { metadata: { encoding: Buffer.from(ENCODING), 'key-id': Buffer.from(keyId) }, data };
  }

  #decrypt(payload: Payload): Payload {
    if (!isEncrypted(payload)) {
      if (this.#options.encryptedOnly)
        throw new UndecodablePayload('a payload is not encrypted, and this process takes no others');
      return payload;
    }
    const keyId = Buffer.from(payload.metadata?.['key-id'] ?? []).toString();
    const data = Buffer.from(payload.data ?? []);
    const end = data.length - TAG_BYTES;
    if (end < NONCE_BYTES) throw new UndecodablePayload('an encrypted payload is cut short');
    const decipher = createDecipheriv(CIPHER, this.#key(keyId), data.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(this.#bound(keyId));
    decipher.setAuthTag(data.subarray(end));
    try {
      const plain = Buffer.concat([decipher.update(data.subarray(NONCE_BYTES, end)), decipher.final()]);
      return proto.temporal.api.common.v1.Payload.decode(plain);
    } catch (cause) {
      throw new UndecodablePayload(`a payload was changed, or encrypted for another namespace (key "${keyId}")`, {
        cause,
      });
    }
  }

  #key(keyId: string): Buffer {
    const known = this.#derived.get(keyId) ?? deriveKey(this.#options.keys, keyId, 'payload v1');
    if (!known)
      throw new UndecodablePayload(`a payload is encrypted with key "${keyId}", which the key ring does not hold`);
    this.#derived.set(keyId, known);
    return known;
  }

  #bound(keyId: string): Buffer {
    return Buffer.from(JSON.stringify([keyId, this.#options.namespace]));
  }
}

export function isEncrypted(payload: Payload): boolean {
  return Buffer.from(payload.metadata?.['encoding'] ?? []).toString() === ENCODING;
}
