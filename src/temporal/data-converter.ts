import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import { EncryptingCodec, type CodecOptions } from './payload-codec.js';

/** The module that a workflow bundle has to carry, since workflows convert their own failures. */
export const FAILURE_CONVERTER_PATH = fileURLToPath(
  new URL(`./failure-converter${extname(import.meta.url)}`, import.meta.url),
);

/** How everything is written to Temporal, by client and worker alike: encrypted, failures included. */
export function encryptingDataConverter(options: CodecOptions): DataConverter {
  return {
    payloadCodecs: [new EncryptingCodec(options)],
    failureConverterPath: FAILURE_CONVERTER_PATH,
  };
}
