import type { KeyRing } from '../secrets/key-ring.js';
import type { Blobs } from './blobs.js';
import type { DocumentStore } from './document-store.js';
import { encryptedStore } from './encrypted-store.js';
import { folderBlobs } from './folder-blobs.js';
import type { S3Location } from './s3-blobs.js';

/**
 * Opens the document store at a location.
 * @param location path of a folder, or an address for {@link s3Location}
 * @throws TypeError for an `s3://` address with errors; DocumentStoreError if the region is unknown
 */
export async function openDocumentStore(location: string, keys: KeyRing): Promise<DocumentStore> {
  return encryptedStore(await openBlobs(location), keys);
}

/** Opens the blobs of a document store at a location; see {@link openDocumentStore}. */
export async function openBlobs(location: string): Promise<Blobs> {
  const s3 = s3Location(location);
  if (s3 === undefined) return folderBlobs(location);
  // Loaded only when used: the SDK is larger than the rest of a starter.
  const { checkRegion, s3Blobs } = await import('./s3-blobs.js');
  await checkRegion(s3);
  return s3Blobs(s3);
}

/**
 * Parses `s3://BUCKET/PREFIX?endpoint=https://…&region=…&pathStyle=true|false`; only the bucket is required. Returns undefined for any other
 * kind of address.
 * @throws TypeError for an `s3://` address with errors
 */
export function s3Location(location: string): S3Location | undefined {
  if (!location.startsWith('s3://')) return undefined;
  const { hostname: bucket, port, pathname, searchParams, username, password } = new URL(location);
  const { endpoint, region, pathStyle, ...unknown } = Object.fromEntries(searchParams);
  const faults = [
    bucket === '' && 'a bucket is missing',
    port !== '' && "a bucket has no port; the server's port goes into the endpoint",
    (username || password) && 'it must not have credentials',
    ...Object.keys(unknown).map((name) => `"${name}" is not known`),
    endpoint !== undefined && !/^https?:\/\/[^@]+$/.test(endpoint) && 'the endpoint is not an http(s) address',
    pathStyle !== undefined && !/^(true|false)$/.test(pathStyle) && 'pathStyle is "true" or "false"',
  ].filter(Boolean);
  if (faults.length > 0) throw new TypeError(faults.join('; '));
  const prefix = decodeURIComponent(pathname).replace(/^\/+|\/+$/g, '');
  return {
    bucket,
    prefix: prefix === '' ? '' : `${prefix}/`,
    endpoint,
    region,
    pathStyle: pathStyle === undefined ? endpoint !== undefined : pathStyle === 'true',
  };
}
