import { createHash, randomBytes, type X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { parseJson } from '../files/json.js';
import { SCOPES, CredentialsUnavailable, type Caller, type Credentials, type Shown } from './caller.js';

const PREFIX = 'fok_';
/** So that a new key can be handed out before the old one is taken away. */
const MOST_PER_CLIENT = 2;

const digestSchema = z
  .string()
  .regex(/^([0-9a-fA-F]{2}:?){32}$/)
  .transform(plain);

const entrySchema = z.strictObject({
  client: z.string().regex(/^[\w.-]{1,100}$/),
  tenant: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/),
  scopes: z.array(z.enum(SCOPES)).min(1),
  /** The operator in the signers file whose key it is. */
  operator: z.string().min(1).max(200).optional(),
  /** SHA-256 of the key, hex: the key itself is nowhere. */
  sha256: digestSchema.optional(),
  /** SHA-256 of the client certificate that stands in for a key, hex, as openssl prints it too. */
  certificateSha256: digestSchema.optional(),
  expiresAt: z.iso.datetime({ offset: true }).optional(),
});
export type ApiKeyEntry = z.output<typeof entrySchema>;
type Client = Omit<ApiKeyEntry, 'sha256' | 'certificateSha256'>;

const fileSchema = z.strictObject({
  keys: z.array(
    entrySchema.refine(
      ({ sha256, certificateSha256 }) => (sha256 === undefined) !== (certificateSha256 === undefined),
      {
        message: 'either sha256 or certificateSha256 is expected',
      },
    ),
  ),
});

/** A new key, and the entry that makes it count. The key is shown once. */
export function makeApiKey(entry: Client): { key: string; entry: ApiKeyEntry } {
  const key = PREFIX + randomBytes(32).toString('base64url');
  return { key, entry: { ...entry, sha256: digest(key) } };
}

/** The entry that makes a certificate count. */
export function certificateEntry(entry: Client, certificate: X509Certificate): ApiKeyEntry {
  return { ...entry, certificateSha256: fingerprintOf(certificate) };
}

/**
 * API keys, and certificates in their place, from a JSON file, read anew for every request and parsed where it has changed: a key that was taken away opens nothing more.
 * @throws CredentialsUnavailable where the file cannot be used now
 */
export async function apiKeys(path: string): Promise<Credentials> {
  let last: { content: Buffer; entries: Map<string, ApiKeyEntry> } | undefined;
  const entries = async (): Promise<Map<string, ApiKeyEntry>> => {
    const content = await readFile(path).catch((error: unknown) => {
      throw new CredentialsUnavailable(`${path} cannot be read: ${(error as Error).message}`, { cause: error });
    });
    if (!last?.content.equals(content)) last = { content, entries: parse(path, content) };
    return last.entries;
  };
  await entries();
  return {
    async callerOf(shown): Promise<Caller | undefined> {
      const by = keyOf(shown);
      if (by === undefined) return undefined;
      const entry = (await entries()).get(by);
      if (!entry || isOver(entry, new Date())) return undefined;
      const { client, tenant, scopes, operator } = entry;
      return { id: client, tenant, scopes: new Set(scopes), operator };
    },
  };
}

function parse(path: string, content: Buffer): Map<string, ApiKeyEntry> {
  let json: unknown;
  try {
    json = parseJson(content);
  } catch (error) {
    throw new CredentialsUnavailable(`${path}: ${(error as Error).message}`);
  }
  const parsed = fileSchema.safeParse(json);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `/${issue.path.map(String).join('/')}: ${issue.message}`);
    throw new CredentialsUnavailable(`${path}: ${faults.join('; ')}`);
  }
  const { keys } = parsed.data;
  const now = new Date();
  for (const { client } of keys) {
    const live = keys.filter((one) => one.client === client && !isOver(one, now));
    if (live.length > MOST_PER_CLIENT) {
      throw new CredentialsUnavailable(`${path}: ${client} has ${live.length} live keys; ${MOST_PER_CLIENT} at most`);
    }
  }
  return new Map(keys.map((entry) => [entry.sha256 ?? CERTIFICATE + entry.certificateSha256!, entry]));
}

const CERTIFICATE = 'certificate ';

/** By what an entry is found; hashes only, so that how long it takes tells nothing of a key. */
function keyOf({ token, certificate }: Shown): string | undefined {
  if (token === undefined) return certificate && CERTIFICATE + fingerprintOf(certificate);
  return token.startsWith(PREFIX) ? digest(token) : undefined;
}

function fingerprintOf({ fingerprint256 }: X509Certificate): string {
  return plain(fingerprint256);
}

/** Hex as both the file and the map have it. */
function plain(hex: string): string {
  return hex.replaceAll(':', '').toLowerCase();
}

function isOver({ expiresAt }: ApiKeyEntry, now: Date): boolean {
  return expiresAt !== undefined && Date.parse(expiresAt) <= now.getTime();
}

function digest(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
