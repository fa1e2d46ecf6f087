/** Stores bytes under names. */
export interface Blobs {
  /**
   * Stores all of the bytes or none, replacing earlier ones. When it returns, they survive a crash. A stream is never held as a whole; if it
   * fails, nothing of it is left.
   */
  write(name: string, bytes: Uint8Array | AsyncIterable<Uint8Array>): Promise<void>;
  /** Stores the bytes unless the name is taken; the first writer wins. */
  create(name: string, bytes: Uint8Array): Promise<void>;
  /** Undefined if nothing is stored under the name. */
  read(name: string): Promise<Buffer | undefined>;
  /** Like `read`, piece by piece. */
  stream(name: string): Promise<AsyncIterable<Buffer> | undefined>;
  /** Does nothing if nothing is stored under the name. */
  remove(name: string): Promise<void>;
}
