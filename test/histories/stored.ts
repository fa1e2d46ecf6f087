import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';
import { isEncrypted } from '../../src/temporal/payload-codec.js';

const { History } = proto.temporal.api.history.v1;
type History = proto.temporal.api.history.v1.IHistory;

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const END = '.json.gz';

/** The release whose histories are recorded now; those of a later one go beside them. */
export const PRESENT = '1.0';

export interface StoredHistory {
  name: string;
  /** Of the case: a workflow checks that its id follows from what it is about. */
  workflowId: string;
  history: History;
}

/** All that were ever recorded: `1.0/individual-happy` and so on. */
export async function storedHistories(): Promise<StoredHistory[]> {
  const files = await readdir(FOLDER, { recursive: true });
  return Promise.all(
    files
      .filter((file) => file.endsWith(END))
      .sort()
      .map(async (file) => {
        const text = String(await promisify(gunzip)(await readFile(join(FOLDER, file))));
        const { workflowId, history } = JSON.parse(text) as { workflowId: string; history: object };
        return { name: file.slice(0, -END.length), workflowId, history: History.fromObject(history) };
      }),
  );
}

/** Keeps a history in plain text, so that it is replayed without the keys of the run that made it; what was sealed stays sealed. */
export async function storeHistory(
  name: string,
  workflowId: string,
  history: History,
  codec: PayloadCodec,
): Promise<void> {
  await decodeWithin(history, codec);
  await mkdir(join(FOLDER, PRESENT), { recursive: true });
  const plain = History.toObject(History.fromObject(history), { longs: String, enums: String, bytes: String });
  const text = JSON.stringify({ workflowId, history: plain });
  // A history that is there is never replaced: it may be a released one.
  await writeFile(join(FOLDER, PRESENT, `${name}${END}`), await promisify(gzip)(text, { level: 9 }), { flag: 'wx' });
}

/** Replaces every payload in a part of a history by the one that it encrypts. */
async function decodeWithin(part: unknown, codec: PayloadCodec): Promise<void> {
  if (typeof part !== 'object' || part === null || ArrayBuffer.isView(part)) return;
  for (const [key, value] of Object.entries(part)) {
    // What the SDK's core writes for itself is not encrypted.
    if (isPayload(value) && isEncrypted(value))
      (part as Record<string, unknown>)[key] = (await codec.decode([value]))[0];
    else await decodeWithin(value, codec);
  }
}

function isPayload(value: unknown): value is proto.temporal.api.common.v1.IPayload {
  return typeof value === 'object' && value !== null && 'metadata' in value && 'data' in value;
}
