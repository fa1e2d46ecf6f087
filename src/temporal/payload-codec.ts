import type { Payload, PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';
import { BoxError, close, open } from '../secrets/box.js';
import type { KeyRing } from '../secrets/key-ring.js';

const ENCODING = 'binary/encrypted';

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
      if (!(error instanceof UndecodablePayload)) throw error;
      this.#options.onUndecodable?.(error);
      return Promise.reject(error);
    }
  }

  #encrypt(payload: Payload): Payload {
    const { keys } = this.#options;
    const plain = proto.temporal.api.common.v1.Payload.encode(payload).finish();
    return {
      metadata: { encoding: Buffer.from(ENCODING), 'key-id': Buffer.from(keys.current) },
      data: close(keys, 'payload v1', this.#bound(keys.current), plain),
    };
  }

  #decrypt(payload: Payload): Payload {
    const { keys, encryptedOnly } = this.#options;
    if (!isEncrypted(payload)) {
      if (encryptedOnly) throw new UndecodablePayload('a payload is not encrypted, and this process takes no others');
      return payload;
    }
    const keyId = Buffer.from(payload.metadata?.['key-id'] ?? []).toString();
    try {
      const plain = open(keys, keyId, 'payload v1', this.#bound(keyId), Buffer.from(payload.data ?? []));
      return proto.temporal.api.common.v1.Payload.decode(plain);
    } catch (error) {
      if (error instanceof BoxError) {
        throw new UndecodablePayload(`an encrypted payload does not open: ${error.message}`, { cause: error });
      }
      throw error;
    }
  }

  #bound(keyId: string): string {
    return JSON.stringify([keyId, this.#options.namespace]);
  }
}

export function isEncrypted(payload: Payload): boolean {
  return Buffer.from(payload.metadata?.['encoding'] ?? []).toString() === ENCODING;
}
