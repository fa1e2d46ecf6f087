import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { KeyRingError, newKeyRingText, parseKeyRing, type KeyRing } from './key-ring.js';

/**
 * Reads the key ring from a file.
 * @throws KeyRingError, or the system's error if the file cannot be read
 */
export function readKeyFile(path: string): KeyRing {
  if (isOpenToOthers(path)) {
    throw new KeyRingError(`everybody on this machine can read or change ${path}; \`chmod o-rwx ${path}\` helps`);
  }
  return parseKeyRing(readFileSync(path, 'utf8'));
}

/** Where containers mount their secrets. The container is private, and the mode of the files is not ours to choose. */
const IN_CONTAINERS = '/run/secrets/';

const [OTHERS_READ_OR_WRITE, OTHERS_ENTER] = [0o006, 0o001];

/** Whether others than owner and group can access a file: its own mode and that of every folder above it allow them. */
export function isOpenToOthers(path: string): boolean {
  const full = resolve(path);
  if (full.startsWith(IN_CONTAINERS) || (statSync(full).mode & OTHERS_READ_OR_WRITE) === 0) return false;
  for (let folder = dirname(full); ; folder = dirname(folder)) {
    if ((statSync(folder).mode & OTHERS_ENTER) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/**
 * Reads the key ring from a file. If there is none, makes one with a new key, readable only by its owner. If several processes make it at
 * the same time, one wins, and all return its ring.
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
