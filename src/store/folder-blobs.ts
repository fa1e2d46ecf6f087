import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Blobs } from './blobs.js';

/**
 * Stores bytes as files in a folder that the starter and all workers share.
 * @param folder created with the first file, readable only by its owner
 */
export function folderBlobs(folder: string): Blobs {
  const pathOf = (name: string): string => join(folder, name.slice(0, 2), name);
  return {
    write: (name, bytes) => writeWhole(pathOf(name), bytes, rename),
    create: (name, bytes) => writeWhole(pathOf(name), bytes, linkNew),
    read: (name) => readFile(pathOf(name)).catch(absent),
    async stream(name) {
      const file = await open(pathOf(name), 'r').catch(absent);
      return file?.createReadStream({ highWaterMark: READ_BYTES }) as AsyncIterable<Buffer> | undefined;
    },
    async remove(name) {
      await rm(pathOf(name), { force: true });
      await syncFolder(dirname(pathOf(name))).catch(absent);
    },
  };
}

const READ_BYTES = 64 * 1024;

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

/** Writes a temporary file, then renames it, so that readers see all or nothing. Both are synced, to survive a power cut. */
async function writeWhole(
  path: string,
  bytes: Uint8Array | AsyncIterable<Uint8Array>,
  put: (from: string, to: string) => Promise<void>,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const beside = `${path}.${randomUUID()}`;
  try {
    await withFile(beside, 'wx', async (file) => {
      await file.writeFile(bytes as Parameters<typeof file.writeFile>[0]);
      await file.sync();
    });
    await put(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Used instead of a rename, which would replace another process's file. */
async function linkNew(beside: string, path: string): Promise<void> {
  await link(beside, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(beside);
}

function syncFolder(path: string): Promise<void> {
  return withFile(path, 'r', (folder) => folder.sync());
}

async function withFile(
  path: string,
  flags: string,
  use: (file: Awaited<ReturnType<typeof open>>) => Promise<void>,
): Promise<void> {
  const file = await open(path, flags, 0o600);
  try {
    await use(file);
  } finally {
    await file.close();
  }
}
