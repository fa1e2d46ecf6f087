import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import { EncryptingCodec, type CodecOptions } from './payload-codec.js';

/** The module that the workflow bundle needs to convert failures. */
export const FAILURE_CONVERTER_PATH = fileURLToPath(
  new URL(`./failure-converter${extname(import.meta.url)}`, import.meta.url),
);

/** Encrypts everything that clients and workers write to Temporal, including failures. */
export function encryptingDataConverter(options: CodecOptions): DataConverter {
  return {
    payloadCodecs: [new EncryptingCodec(options)],
    failureConverterPath: FAILURE_CONVERTER_PATH,
  };
}
