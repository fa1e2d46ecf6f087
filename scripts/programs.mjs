// Our programs as single files. Command lines are run hundreds of times a day, and most of a start was reading some 400 modules and translating ours.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { build, inItsPlace, LOADED_BY_PATH } from './bundle.mjs';
import { forgetOld } from './old-files.mjs';
import { root } from './project.mjs';

/** A command line takes its dependencies along, too. */
const COMMANDS = ['starter', 'operator', 'doctor', 'config', 'endpoints', 'setup-namespace', 'webhooks'];
/** What stays up finds its dependencies where npm put them. */
const SERVICES = ['worker', 'gateway', 'codec-server', 'render-page'];

export const PROGRAMS = [...COMMANDS, ...SERVICES];

const CACHE = join(root, '.cache', 'programs');

/** What has native parts, is loaded now and then only, or patches what others load. */
const EXTERNAL = ['@temporalio/worker', '@temporalio/core-bridge', '@aws-sdk/*', '@opentelemetry/*', 'pino'];

const sourceOf = (name) => `src/${name}.ts`;

/** Puts the command lines into a folder, together with what they share. */
export function buildCommands(folder) {
  return build(folder, [...COMMANDS.map(sourceOf), LOADED_BY_PATH], {
    external: EXTERNAL,
    splitting: true,
    // Some packages are CommonJS and ask for Node's own modules.
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
  });
}

/** What bundles workflows looks for their sources. */
function buildServices(folder) {
  return build(folder, SERVICES.map(sourceOf), {
    packages: 'external',
    plugins: [inItsPlace(/[\\/]src[\\/]worker[\\/].*\.ts$/)],
  });
}

/** A program of the sources as they are now; built once for all that run it, in a folder named by what went into it. */
export async function programOfSources(name) {
  const folder = join(CACHE, await fingerprint());
  const file = join(folder, `${name}.js`);
  if (existsSync(file)) return file;
  await mkdir(CACHE, { recursive: true });
  const made = join(CACHE, `making-${process.pid}`);
  await Promise.all([buildCommands(made), buildServices(made)]);
  // Whoever was faster made the same.
  await rename(made, folder).catch(() => rm(made, { recursive: true, force: true }));
  await forgetOld(CACHE);
  return file;
}

async function fingerprint() {
  // Services name their sources by whole paths: a folder that was moved has other programs.
  const hash = createHash('sha256').update(`${root}\n`);
  const sources = await readdir(join(root, 'src'), { recursive: true });
  const files = sources.filter((path) => /\.tsx?$/.test(path)).sort();
  const makers = ['package-lock.json', 'scripts/programs.mjs', 'scripts/bundle.mjs'];
  const seen = await Promise.all(
    [...files.map((path) => join('src', path)), ...makers].map(async (path) => {
      const { mtimeMs, size } = await stat(join(root, path));
      return `${path} ${mtimeMs} ${size}\n`;
    }),
  );
  for (const line of seen) hash.update(line);
  return hash.digest('hex').slice(0, 16);
}
