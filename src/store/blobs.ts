/** Where bytes are kept by name; what they are is their owner's business. */
export interface Blobs {
  /** Keeps all of the bytes or nothing, over what was there; once it returns, they outlive a crash. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** Keeps the bytes unless something is kept under the name; who comes first wins. */
  create(name: string, bytes: Uint8Array): Promise<void>;
  /** Undefined where nothing is kept under the name. */
  read(name: string): Promise<Buffer | undefined>;
  /** Harmless where nothing is kept under the name. */
  remove(name: string): Promise<void>;
}
