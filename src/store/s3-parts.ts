import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  UploadPartCommand,
  type CompletedPart,
  type S3Client,
} from '@aws-sdk/client-s3';

export const CONTENT_TYPE = 'application/octet-stream';

/** The smallest part that S3 takes; one at a time is in memory. */
const PART_BYTES = 5 * 1024 * 1024;

/** Writes an object of bytes that flow: in one piece where that is enough, else in parts, which are taken back where they break off. */
export async function writeParts(
  client: S3Client,
  at: { Bucket: string; Key: string },
  bytes: AsyncIterable<Uint8Array>,
): Promise<void> {
  const part = Buffer.allocUnsafe(PART_BYTES);
  const done: CompletedPart[] = [];
  let filled = 0;
  let UploadId: string | undefined;
  const flush = async (): Promise<void> => {
    UploadId ??= (await client.send(new CreateMultipartUploadCommand({ ...at, ContentType: CONTENT_TYPE }))).UploadId;
    const PartNumber = done.length + 1;
    const Body = part.subarray(0, filled);
    const { ETag } = await client.send(new UploadPartCommand({ ...at, UploadId, PartNumber, Body }));
    done.push({ ETag, PartNumber });
    filled = 0;
  };
  try {
    for await (const piece of bytes) {
      for (let from = 0; from < piece.length;) {
        const taken = piece.subarray(from, from + PART_BYTES - filled);
        part.set(taken, filled);
        filled += taken.length;
        from += taken.length;
        if (filled === PART_BYTES) await flush();
      }
    }
    if (UploadId === undefined) {
      const Body = part.subarray(0, filled);
      await client.send(new PutObjectCommand({ ...at, Body, ContentType: CONTENT_TYPE }));
      return;
    }
    if (filled > 0) await flush();
    const MultipartUpload = { Parts: done };
    await client.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload }));
  } catch (error) {
    // Where not even that gets through, the bucket's rule for uploads that were never completed has to do.
    if (UploadId !== undefined) {
      await client.send(new AbortMultipartUploadCommand({ ...at, UploadId })).catch(() => undefined);
    }
    throw error;
  }
}
