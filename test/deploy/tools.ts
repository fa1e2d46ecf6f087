import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/*
 * Tools that check what we deploy. Whoever has them on the PATH uses these; else they are fetched once, from where the language's or the system's
 * packages come from, into the cache.
 */

const CACHE = fileURLToPath(new URL('../../.cache/deploy-tools', import.meta.url));
const run = promisify(execFile);
const VERSIONS = { helm: 'v3.19.0', 'kubernetes-validate': '1.37.0' };

/** Helm, built from the Go module proxy where there is none: a few minutes, the first time. */
export async function helm(): Promise<string> {
  return (
    onPath('helm') ??
    cached('helm', async (folder) => {
      const env = { ...process.env, GOBIN: folder, GOFLAGS: '-mod=mod' };
      await run('go', ['install', `helm.sh/helm/v3/cmd/helm@${VERSIONS.helm}`], { env, maxBuffer: 1e8 });
    })
  );
}

/** Checks manifests against the schemas of Kubernetes, which its package carries. */
export async function kubernetesValidate(): Promise<string> {
  return cached(
    'kubernetes-validate',
    async (folder) => {
      await run('python3', ['-m', 'venv', folder]);
      const version = VERSIONS['kubernetes-validate'];
      await run(join(folder, 'bin/pip'), ['install', '--quiet', `kubernetes-validate==${version}`]);
    },
    'bin/kubernetes-validate',
  );
}

/** Prometheus, or its own check of rules, out of Debian's package where there is none. */
export async function prometheus(program: 'prometheus' | 'promtool'): Promise<string> {
  return onPath(program) ?? cached('prometheus', (folder) => fromDebian('prometheus', folder), `usr/bin/${program}`);
}

async function fromDebian(name: string, folder: string): Promise<void> {
  await run('apt-get', ['download', name], { cwd: folder });
  const [file] = (await readdir(folder)).filter((one) => one.endsWith('.deb'));
  await run('dpkg-deb', ['--extract', join(folder, file!), folder]);
}

function onPath(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** Made whole or not at all. A virtual environment cannot be moved, so it is made in its place. */
async function cached(name: string, make: (folder: string) => Promise<void>, within = name): Promise<string> {
  const folder = join(CACHE, name);
  const done = join(folder, within);
  if (existsSync(done)) return done;
  await rm(folder, { recursive: true, force: true });
  const made = within.startsWith('bin/') ? folder : `${folder}.making`;
  await rm(made, { recursive: true, force: true });
  await mkdir(made, { recursive: true });
  await make(made);
  if (made !== folder) await rename(made, folder);
  return done;
}
