import { constants } from 'node:fs';
import { open, realpath, type FileHandle } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { DocumentRefused, MAX_DOCUMENT_BYTES } from '../store/document-check.js';

/**
 * Reads a file that an application names. The application may come from someone else, so only plain files inside the folder are read,
 * without links that lead out of it, and only after a check of the size.
 * @throws DocumentRefused with the path
 */
export async function readInside(folder: string, file: string): Promise<Buffer> {
  const path = resolve(folder, file);
  if (isAbsolute(file) || !isInside(folder, path)) {
    throw new DocumentRefused(
      `"${file}" lies outside the folder of the application; put the file there, or give the content`,
    );
  }
  let handle: FileHandle | undefined;
  try {
    const [root, target] = [await realpath(folder), await realpath(path)];
    if (!isInside(root, target)) {
      throw new DocumentRefused(`"${file}" is a link that leads out of the folder of the application`);
    }
    // Does not wait if it is a pipe without a writer.
    handle = await open(target, constants.O_RDONLY | constants.O_NONBLOCK);
    const { size } = await plainFile(handle, file);
    const content = Buffer.alloc(size);
    let read = 0;
    while (read < size) {
      const { bytesRead } = await handle.read(content, read, size - read, read);
      if (bytesRead === 0) break;
      read += bytesRead;
    }
    return content.subarray(0, read);
  } catch (error) {
    if (error instanceof DocumentRefused) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new DocumentRefused(code === 'ENOENT' ? `there is no file ${path}` : `${path} cannot be read (${code})`);
  } finally {
    await handle?.close();
  }
}

async function plainFile(handle: FileHandle, file: string): Promise<{ size: number }> {
  const found = await handle.stat();
  if (!found.isFile()) throw new DocumentRefused(`"${file}" is not a plain file`);
  if (found.size > MAX_DOCUMENT_BYTES) {
    throw new DocumentRefused(`"${file}" has ${found.size} bytes; at most ${MAX_DOCUMENT_BYTES} (20 MB) are allowed`);
  }
  return found;
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
