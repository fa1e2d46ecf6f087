import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { KeyRingError, newKeyRingText, parseKeyRing, type KeyRing } from './key-ring.js';

/**
 * The key ring of a file.
 * @throws KeyRingError, or the system's error if the file cannot be read
 */
export function readKeyFile(path: string): KeyRing {
  if (isOpenToOthers(path)) {
    throw new KeyRingError(`everybody on this machine can read or change ${path}; \`chmod o-rwx ${path}\` helps`);
  }
  return parseKeyRing(readFileSync(path, 'utf8'));
}

/** Where containers find their secrets: nobody else is in there, and who hands them in cannot choose the mode. */
const IN_CONTAINERS = '/run/secrets/';

const [OTHERS_READ_OR_WRITE, OTHERS_ENTER] = [0o006, 0o001];

/** Whether others than owner and group come at a file: its own mode lets them, and every folder above it. */
export function isOpenToOthers(path: string): boolean {
  const full = resolve(path);
  if (full.startsWith(IN_CONTAINERS) || (statSync(full).mode & OTHERS_READ_OR_WRITE) === 0) return false;
  for (let folder = dirname(full); ; folder = dirname(folder)) {
    if ((statSync(folder).mode & OTHERS_ENTER) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
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
