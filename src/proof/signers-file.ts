import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { JWK } from 'jose';
import { z } from 'zod';
import { parseJson } from '../files/json.js';
import { OPERATOR_LEVELS, type Operator, type OperatorLevel } from '../lifecycle/policy.js';
import { type SignerRole } from '../lifecycle/proof-rules.js';
import { isReadableId, READABLE_ID_FAULT } from '../privacy/readable-id.js';
import { checkRootSignatures } from './root-signatures.js';
import { keySchema, keysOf, passkeySchema, passkeysOf, type Key } from './signer-keys.js';
import { SignersFileError } from './signers-file-error.js';

const common = {
  id: z
    .string()
    .min(1)
    .max(200)
    .refine((id) => isReadableId(id), { error: READABLE_ID_FAULT }),
  /** Tenants that it signs for; `*` means all tenants. */
  tenants: z.array(z.string().min(1)).min(1),
  keys: z.array(keySchema).default([]),
};

const signersSchema = z.strictObject({
  version: z.int().min(1),
  signers: z.array(
    z.discriminatedUnion('role', [
      z.strictObject({
        ...common,
        role: z.literal('operator'),
        level: z.enum(OPERATOR_LEVELS),
        /** From the operator's OpenID Connect login. */
        subject: z.string().min(1).optional(),
        passkeys: z.array(passkeySchema).default([]),
      }),
      z.strictObject({ ...common, role: z.literal('client') }),
      z.strictObject({ ...common, role: z.literal('gateway') }),
    ]),
  ),
});

export interface Signer {
  id: string;
  role: SignerRole;
  /** Only for operators. */
  level?: OperatorLevel | undefined;
  /** Of an operator: who they are at the identity provider. */
  subject?: string | undefined;
  tenants: string[];
}

/** A signer's key. */
export interface SignerKey extends Key {
  signer: Signer;
}

/** One version of the signers file. */
export interface SignerSet {
  version: number;
  /** SHA-256 of the file's bytes, hex; the audit refers to it. */
  hash: string;
  signers: ReadonlyMap<string, Signer>;
  keys: ReadonlyMap<string, SignerKey>;
}

/** Knows who may sign: operators with their levels, and programs that submit. */
export interface Signers {
  /** @throws SignersFileError */
  current(): Promise<SignerSet>;
}

/** Stores every version of the file that was used, and knows the newest, so that a worker rejects older ones. */
export interface SignersHistory {
  newest(): Promise<{ version: number; hash: string } | undefined>;
  remember(set: { version: number; hash: string }, content: Buffer): Promise<void>;
}

export interface SignersFileOptions {
  /** Public keys of two offline roots that must both sign the file; none if it is not signed. */
  roots?: JWK[] | undefined;
  history?: SignersHistory | undefined;
}

/** The operator with this id; undefined for a program or an unknown id. */
export function operatorIn(set: SignerSet, id: string): Operator | undefined {
  const signer = set.signers.get(id);
  return signer?.role === 'operator' ? { id, level: signer.level!, tenants: signer.tenants } : undefined;
}

/** The operator whom the identity provider knows by this subject; undefined for a stranger. */
export function operatorOfSubject({ signers }: SignerSet, subject: string): Signer | undefined {
  return [...signers.values()].find((signer) => signer.role === 'operator' && signer.subject === subject);
}

/**
 * Signers from a JSON file (docs/guides/operators.md). Read at every look-up and parsed when it has changed, so that a revoked right cannot
 * be used again.
 * @throws SignersFileError if it is not usable now
 */
export async function signersFile(path: string, options: SignersFileOptions = {}): Promise<Signers> {
  let last: { content: Buffer; set: SignerSet } | undefined;
  const current = async (): Promise<SignerSet> => {
    const content = await readFile(path).catch((error: unknown) => {
      throw new SignersFileError(`${path} cannot be read: ${(error as Error).message}`, { cause: error });
    });
    if (last?.content.equals(content)) return last.set;
    if (options.roots?.length) await checkRootSignatures(path, content, options.roots);
    const set = await readSigners(path, content);
    await checkHistory(path, content, set, options.history, last?.set);
    last = { content, set };
    return set;
  };
  await current();
  return { current };
}

async function checkHistory(
  path: string,
  content: Buffer,
  set: SignerSet,
  history: SignersHistory | undefined,
  seen: SignerSet | undefined,
): Promise<void> {
  // If the store is unavailable, use the newest version this process has seen.
  const newest = (await history?.newest().catch(() => undefined)) ?? seen;
  if (newest && newest.version > set.version) {
    throw new SignersFileError(
      `${path} is version ${set.version}, and version ${newest.version} was used before; older versions are rejected`,
    );
  }
  if (newest && newest.version === set.version && newest.hash !== set.hash) {
    throw new SignersFileError(
      `${path} was changed without a new "version"; version ${set.version} was used with other content`,
    );
  }
  if (newest?.hash !== set.hash) await history?.remember(set, content).catch(() => undefined);
}

/** The signers in a file's content. @throws SignersFileError, with all that is wrong */
export async function readSigners(path: string, content: Buffer): Promise<SignerSet> {
  let json: unknown;
  try {
    json = parseJson(content);
  } catch (error) {
    throw new SignersFileError(`${path}: ${(error as Error).message}`);
  }
  const parsed = signersSchema.safeParse(json);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `/${issue.path.map(String).join('/')}: ${issue.message}`);
    throw new SignersFileError(`${path}: ${faults.join('; ')}`);
  }
  const { version, signers } = parsed.data;
  const byId = new Map<string, Signer>();
  const keys = new Map<string, SignerKey>();
  const subjects = new Set<string | undefined>();
  const faults: string[] = [];
  for (const [index, { keys: own, ...rest }] of signers.entries()) {
    const signer: Signer = {
      id: rest.id,
      role: rest.role,
      level: 'level' in rest ? rest.level : undefined,
      subject: 'subject' in rest ? rest.subject : undefined,
      tenants: rest.tenants,
    };
    if (byId.has(signer.id)) faults.push(`/signers/${index}/id: "${signer.id}" is listed twice`);
    if (signer.subject !== undefined && subjects.has(signer.subject)) {
      faults.push(`/signers/${index}/subject: another operator has the same login`);
    }
    subjects.add(signer.subject);
    byId.set(signer.id, signer);
    for (const one of [...(await keysOf(own)), ...('passkeys' in rest ? passkeysOf(rest.passkeys) : [])]) {
      const place = `/signers/${index}/${one.place}`;
      if ('fault' in one) faults.push(`${place}/publicKey: ${one.fault}`);
      else if (keys.has(one.kid)) faults.push(`${place}: the key is listed twice; each signer needs its own keys`);
      else keys.set(one.kid, { signer, ...one.key });
    }
  }
  if (faults.length > 0) throw new SignersFileError(`${path}: ${faults.join('; ')}`);
  return { version, hash: createHash('sha256').update(content).digest('hex'), signers: byId, keys };
}
