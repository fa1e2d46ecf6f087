import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { newKeyRingText, parseKeyRing, type KeyRing } from './key-ring.js';

/**
 * The key ring of a file.
 * @throws KeyRingError, or the system's error if the file cannot be read
 */
export function readKeyFile(path: string): KeyRing {
  return parseKeyRing(readFileSync(path, 'utf8'));
}

/**
 * The ring of the file; where there is none yet, one with a new key, readable by its owner alone.
 * Of several processes that make it at the same time one wins, and all of them get what it made.
 */
export function readOrMakeKeyFile(path: string): KeyRing {
  try {
    return readKeyFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const complete = `${path}.${randomUUID()}`;
  writeFileSync(complete, newKeyRingText(), { mode: 0o600, flush: true });
  try {
    linkSync(complete, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(complete);
  }
  return readKeyFile(path);
}
