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
import { CONTENT_TYPE, writeParts } from './s3-parts.js';
import { DocumentStoreError } from './document-store.js';

/** A place in an S3-compatible store. */
export interface S3Location {
  bucket: string;
  /** Prepended to every name; empty, or ends with a slash. */
  prefix: string;
  /** For a store other than AWS; by default AWS, or what its variables and files say. */
  endpoint?: string | undefined;
  region?: string | undefined;
  /** Puts the bucket in the path instead of the host name, as most stores other than AWS require. */
  pathStyle: boolean;
}

/** Tries per request, with the SDK's growing pauses. After that the caller has to retry. */
const MAX_ATTEMPTS = 3;

/**
 * Checks that a region is known. Without this, the SDK would fail only at the first document.
 * @throws DocumentStoreError
 */
export async function checkRegion({ region }: S3Location): Promise<void> {
  const client = new S3Client(region === undefined ? {} : { region });
  try {
    await client.config.region();
  } catch (error) {
    throw new DocumentStoreError(
      'DOCUMENT_STORE names no region, and none is set: add ?region=… to it (any name works for a store that is not AWS), or set AWS_REGION',
      { cause: error },
    );
  } finally {
    client.destroy();
  }
}

/** Stores bytes as objects. Credentials come from the AWS SDK's usual places: variables, files, or the machine's role. */
export function s3Blobs({ bucket, prefix, endpoint, region, pathStyle }: S3Location): Blobs {
  const config: S3ClientConfig = {
    maxAttempts: MAX_ATTEMPTS,
    forcePathStyle: pathStyle,
    // Newer checksums only where required: stores other than AWS may not know them, and the content is authenticated.
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
      if (!(bytes instanceof Uint8Array)) return writeParts(client, at(name), bytes);
      await client.send(new PutObjectCommand({ ...at(name), Body: bytes, ContentType: CONTENT_TYPE }));
    },
    async create(name, bytes) {
      const put = { ...at(name), Body: bytes, ContentType: CONTENT_TYPE };
      try {
        await client.send(new PutObjectCommand({ ...put, IfNoneMatch: '*' }));
      } catch (error) {
        const { name: kind } = error as Error;
        if (kind === 'PreconditionFailed' || kind === 'ConditionalRequestConflict') return;
        // Not every store supports the condition. There the last writer wins, and all processes read its value.
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
    async stream(name) {
      try {
        const { Body } = await client.send(new GetObjectCommand(at(name)));
        return Body as unknown as AsyncIterable<Buffer>;
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
