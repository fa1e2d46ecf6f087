import type { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Server as HttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket, type TlsOptions as NodeTlsOptions } from 'node:tls';
import type { Logger } from 'pino';
import { CredentialsUnavailable } from './caller.js';
import { told } from './request-log.js';

/** The gateway's own certificate, in PEM, with those that lead to its authority, and its private key. */
export interface TlsFiles {
  certFile: string;
  keyFile: string;
  /** How often the files are looked at for a renewed certificate, in milliseconds; a minute by default. */
  lookEveryMs?: number;
}

const LOOK_EVERY_MS = 60_000;

/**
 * What a server needs to speak TLS by these files. Callers may show a certificate and are known by its fingerprint alone (RFC 8705, 2.2), so
 * that no authority has to be believed.
 * @throws CredentialsUnavailable
 */
export async function tlsOptions(files: TlsFiles): Promise<NodeTlsOptions> {
  return { ...(await read(files)), minVersion: 'TLSv1.2', requestCert: true, rejectUnauthorized: false };
}

/** Takes a renewed certificate for new connections; one that cannot be used leaves the old one. @returns ends that */
export function renewing(server: HttpsServer, files: TlsFiles, log: Logger): () => void {
  let last: string | undefined;
  const look = async (): Promise<void> => {
    const pair = await read(files);
    const now = pair.cert.toString() + pair.key.toString();
    if (now !== last) server.setSecureContext({ ...pair, minVersion: 'TLSv1.2' });
    last = now;
  };
  const timer = setInterval(() => {
    look().catch((error: unknown) => log.error({ error: told(error) }, 'the renewed certificate cannot be used'));
  }, files.lookEveryMs ?? LOOK_EVERY_MS);
  return () => clearInterval(timer);
}

/** The certificate that a caller has shown and has the key of; undefined where there is none, or it is not valid now. */
export function certificateOf(socket: Socket, now: Date): X509Certificate | undefined {
  const certificate = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
  if (!certificate) return undefined;
  const isValid = new Date(certificate.validFrom) <= now && now < new Date(certificate.validTo);
  return isValid ? certificate : undefined;
}

async function read({ certFile, keyFile }: TlsFiles): Promise<{ cert: Buffer; key: Buffer }> {
  try {
    const [cert, key] = await Promise.all([readFile(certFile), readFile(keyFile)]);
    return { cert, key };
  } catch (error) {
    throw new CredentialsUnavailable(`the gateway's certificate cannot be read: ${(error as Error).message}`);
  }
}
