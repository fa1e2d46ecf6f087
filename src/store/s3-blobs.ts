import {
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { proxyAgent } from '../http/proxy-agent.js';
import type { Blobs } from './blobs.js';
import { DocumentStoreError } from './document-store.js';

/** A place in an S3-compatible store. */
export interface S3Location {
  bucket: string;
  /** In front of every name; empty, or with a slash at its end. */
  prefix: string;
  /** Of a store that is not AWS; by default AWS's own, or what its variables and files say. */
  endpoint?: string | undefined;
  region?: string | undefined;
  /** Puts the bucket into the path instead of the host name, as most stores other than AWS want it. */
  pathStyle: boolean;
}

/** Tries per request, with the SDK's growing pauses; what fails then is the caller's to repeat. */
const MAX_ATTEMPTS = 3;

/**
 * Makes sure that a region is known, which the SDK otherwise finds out in the middle of the first document.
 * @throws DocumentStoreError
 */
export async function checkRegion({ region }: S3Location): Promise<void> {
  const client = new S3Client(region === undefined ? {} : { region });
  try {
    await client.config.region();
  } catch (error) {
    throw new DocumentStoreError(
      'DOCUMENT_STORE names no region, and none is set: add ?region=… to it (any name will do for a store that is not AWS), or set AWS_REGION',
      { cause: error },
    );
  } finally {
    client.destroy();
  }
}

/** Keeps bytes as objects. Credentials come from where the AWS SDK looks for them: variables, files, or the machine's role. */
export function s3Blobs({ bucket, prefix, endpoint, region, pathStyle }: S3Location): Blobs {
  const config: S3ClientConfig = {
    maxAttempts: MAX_ATTEMPTS,
    forcePathStyle: pathStyle,
    // Newer checksums only where the operation asks for them: stores other than AWS may not know them, and the content is authenticated.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
  };
  const agent = proxyAgent({ keepAlive: true });
  const client = new S3Client({ ...config, requestHandler: { httpAgent: agent, httpsAgent: agent } });
  const at = (name: string): { Bucket: string; Key: string } => ({ Bucket: bucket, Key: prefix + name });
  return {
    async write(name, bytes) {
      await client.send(new PutObjectCommand({ ...at(name), Body: bytes, ContentType: 'application/octet-stream' }));
    },
    async create(name, bytes) {
      const put = { ...at(name), Body: bytes, ContentType: 'application/octet-stream' };
      try {
        await client.send(new PutObjectCommand({ ...put, IfNoneMatch: '*' }));
      } catch (error) {
        const { name: kind } = error as Error;
        if (kind === 'PreconditionFailed' || kind === 'ConditionalRequestConflict') return;
        // Not every store knows the condition; then the last one wins, and all of them read what it wrote.
        if (kind !== 'NotImplemented') throw error;
        await client.send(new PutObjectCommand(put));
      }
    },
    async read(name) {
      try {
        const { Body } = await client.send(new GetObjectCommand(at(name)));
        return Buffer.from(await Body!.transformToByteArray());
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },
    async remove(name) {
      await client.send(new DeleteObjectCommand(at(name)));
    },
  };
}
