import { execFile, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Agent } from 'undici';

const SCRIPT = fileURLToPath(new URL('../../deploy/make-certificates.sh', import.meta.url));

/** Why tests with certificates are left out here; false where they are not. */
export const NO_CERTIFICATES =
  spawnSync('openssl', ['version']).status === 0 ? false : 'openssl, which makes the certificates, is not here';

/** An authority with a server's and a client's certificate. */
export interface Certificates {
  /** A file in their folder. */
  file(name: 'ca.pem' | 'server.pem' | 'server.key' | 'client.pem' | 'client.key'): string;
  /** SHA-256 of the client's, hex. */
  fingerprint: string;
}

export async function makeCertificates(folder: string): Promise<Certificates> {
  await promisify(execFile)('/bin/sh', [SCRIPT, folder, 'localhost', '127.0.0.1']);
  const { raw } = new X509Certificate(await readFile(join(folder, 'client.pem')));
  const digest = await crypto.subtle.digest('SHA-256', raw);
  return { file: (name) => join(folder, name), fingerprint: Buffer.from(digest).toString('hex') };
}

/** Connections that trust an authority, and show a client's certificate where one is given. */
export async function connecting(authority: Certificates, client?: Certificates): Promise<Agent> {
  const [ca, cert, key] = await Promise.all(
    [authority.file('ca.pem'), client?.file('client.pem'), client?.file('client.key')].map(
      async (path) => path && readFile(path),
    ),
  );
  return new Agent({ connect: { ca, cert, key } as object });
}
