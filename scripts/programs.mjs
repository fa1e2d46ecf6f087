// Our programs as single files. Command lines are run hundreds of times a day, and most of a start was reading some 400 modules and translating ours.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './project.mjs';

/** A command line takes its dependencies along, too. */
const COMMANDS = ['starter', 'operator', 'doctor', 'config', 'endpoints', 'setup-namespace', 'webhooks'];
/** What stays up finds its dependencies where npm put them. */
const SERVICES = ['worker', 'gateway', 'codec-server'];

export const PROGRAMS = [...COMMANDS, ...SERVICES];

const CACHE = join(root, '.cache', 'programs');
const KEPT_MS = 3600_000;

/** What has native parts, is loaded now and then only, or patches what others load. */
const EXTERNAL = ['@temporalio/*', '@aws-sdk/*', '@opentelemetry/*', 'pino'];

/** A module that the SDK finds by its path, beside whatever names it. */
const LOADED_BY_PATH = 'temporal/failure-converter';

/** Puts the command lines into a folder, together with what they share. */
export function buildCommands(folder) {
  return build(folder, [...COMMANDS, LOADED_BY_PATH], {
    external: EXTERNAL,
    splitting: true,
    // Some packages are CommonJS and ask for Node's own modules.
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
  });
}

async function buildAll(folder) {
  await Promise.all([buildCommands(folder), build(folder, SERVICES, { packages: 'external', plugins: [inItsPlace] })]);
}

async function build(folder, names, options) {
  const esbuild = await import('esbuild');
  await esbuild.build({
    entryPoints: names.map((path) => ({ in: join(root, 'src', `${path}.ts`), out: basename(path) })),
    outdir: folder,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: 'linked',
    sourcesContent: false,
    logLevel: 'warning',
    ...options,
  });
}

/** What bundles workflows looks for their sources beside its own. */
const inItsPlace = {
  name: 'in-its-place',
  setup({ onLoad }) {
    onLoad({ filter: /src[\\/]worker[\\/].*\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const url = JSON.stringify(pathToFileURL(path).href);
      return { contents: text.replaceAll('import.meta.url', url), loader: 'ts' };
    });
  },
};

/** A program of the sources as they are now; built once for all that run it, in a folder named by what went into it. */
export async function programOfSources(name) {
  const folder = join(CACHE, await fingerprint());
  const file = join(folder, `${name}.js`);
  if (existsSync(file)) return file;
  await mkdir(CACHE, { recursive: true });
  const made = join(CACHE, `making-${process.pid}`);
  await buildAll(made);
  // Whoever was faster made the same.
  await rename(made, folder).catch(() => rm(made, { recursive: true, force: true }));
  await forgetOld();
  return file;
}

async function fingerprint() {
  const hash = createHash('sha256');
  const sources = await readdir(join(root, 'src'), { recursive: true });
  const files = sources.filter((path) => path.endsWith('.ts')).sort();
  const seen = await Promise.all(
    [...files.map((path) => join('src', path)), 'package-lock.json', 'scripts/programs.mjs'].map(async (path) => {
      const { mtimeMs, size } = await stat(join(root, path));
      return `${path} ${mtimeMs} ${size}\n`;
    }),
  );
  for (const line of seen) hash.update(line);
  return hash.digest('hex').slice(0, 16);
}

async function forgetOld() {
  for (const name of await readdir(CACHE)) {
    const path = join(CACHE, name);
    const age = Date.now() - (await stat(path).catch(() => ({ mtimeMs: Date.now() }))).mtimeMs;
    if (age > KEPT_MS) await rm(path, { recursive: true, force: true });
  }
}
