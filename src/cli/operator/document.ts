import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { InvalidInput, openDocumentStore } from '../../client/index.js';
import { loadEnvironment } from '../../config/environment.js';
import type { DocumentReference } from '../../contract/application.js';
import { printAnswer } from '../answer.js';
import { asked } from '../input.js';
import { addCommand, print, say } from '../program.js';
import { AS, EXAMPLE_ID, withClient, type Sender } from './common.js';

interface DocumentFlags extends Sender {
  save?: string;
  open?: boolean;
}

/** Shows a document to the person who decides on it; the case records who looked. */
export function addDocument(program: Command): void {
  addCommand(program, 'document <id> <document>', 'opens or saves a document of a case; the case records who looked', [
    `document ${EXAMPLE_ID} DOCUMENT --as op-1 --open    # the document's id, as show prints it`,
    `document ${EXAMPLE_ID} DOCUMENT --as op-1 --save passport.pdf`,
  ])
    .requiredOption(...AS)
    .addOption(new Option('--save <file>', 'a new file that only you can read').conflicts('open'))
    .addOption(new Option('--open', 'opens a copy with the default program, and deletes it afterwards'))
    .action(async (id: string, documentId: string, { json, as, save, open }: DocumentFlags, command: Command) => {
      if (save === undefined && !open) command.error('error: give --save or --open');
      if (open && !process.stdin.isTTY) command.error('error: --open needs a terminal; use --save');
      const { documentStore, keys } = loadEnvironment('operator');
      await withClient(async (client) => {
        // Recorded first: nobody sees a document without a trace.
        const answer = await client.viewDocument(id, { by: as, documentId });
        if (!answer.accepted) return printAnswer(json, answer);
        const reference = (await client.caseView(id)).evidence.find((one) => one.documentId === documentId)!;
        const content = await (await openDocumentStore(documentStore, keys)).get(reference);
        if (save !== undefined) await saveTo(save, content);
        else await show(reference, content);
        const { type, subject, mimeType, size, sha256 } = reference;
        const opened = { documentId, type, subject, mimeType, size, sha256, savedAs: save };
        print(
          json,
          opened,
          () => `${type}, ${mimeType}, ${size} bytes${save === undefined ? '' : `: saved as ${save}`}`,
        );
      });
    });
}

async function saveTo(file: string, content: Uint8Array): Promise<void> {
  try {
    await writeFile(file, content, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const message = code === 'EEXIST' ? 'exists already' : `cannot be written (${code})`;
    throw new InvalidInput('the command', [{ path: file, message }]);
  }
}

const OPENERS: Partial<Record<NodeJS.Platform, string>> = { darwin: 'open', win32: 'explorer' };
const EXTENSIONS: Partial<Record<string, string>> = {
  'application/pdf': 'pdf',
  'image/png': 'png',
  'image/jpeg': 'jpg',
};

/** The copy gets our own name, because a file's name is text from the customer. */
async function show({ documentId, mimeType }: DocumentReference, content: Uint8Array): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'onboarding-document-'));
  try {
    const file = join(folder, `${documentId}.${EXTENSIONS[mimeType] ?? 'bin'}`);
    await writeFile(file, content, { mode: 0o600 });
    const opener = OPENERS[process.platform] ?? 'xdg-open';
    const viewer = spawn(opener, [file], { stdio: 'ignore', detached: true });
    viewer.once('error', () => say(`"${opener}" does not start; the copy is ${file}`));
    viewer.unref();
    await asked('opened; the copy is deleted once you press Enter ');
  } finally {
    await rm(folder, { recursive: true });
  }
}
