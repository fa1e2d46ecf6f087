import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { minify, type MinifyOptions } from 'terser';
import { bundlerOptions, workflowInterceptorModules } from './bundler-options.js';

/** The source folders of the workflow bundle, besides its dependencies. */
const SOURCES = ['workflows', 'lifecycle', 'temporal', 'worker'].map((name) =>
  fileURLToPath(new URL(`../${name}/`, import.meta.url)),
);
/** Workflows convert their own failures with this. Always the source, because a bundled worker includes the converter. */
const FAILURE_CONVERTER = fileURLToPath(
  new URL(`../temporal/failure-converter${extname(import.meta.url)}`, import.meta.url),
);
/** The installed packages and their versions. */
const INSTALLED = fileURLToPath(new URL('../../node_modules/.package-lock.json', import.meta.url));
const CACHE = fileURLToPath(new URL('../../.cache/workflow-bundles/', import.meta.url));
const KEPT_MS = 3600_000;

/**
 * Drops unused code of the SDK and the schema library, because each cached workflow holds the bundle in memory. Rewrites nothing and keeps
 * names, so that stack traces stay readable.
 */
const DROP_UNUSED: MinifyOptions = {
  ecma: 2020,
  mangle: false,
  keep_classnames: true,
  keep_fnames: true,
  compress: { defaults: false, dead_code: true, unused: true, side_effects: true, passes: 3 },
  format: { comments: false },
  sourceMap: { content: 'inline' },
};

/** Builds the workflow bundle, including its source map. */
export async function makeBundle(workflowsPath: string): Promise<string> {
  const { code } = await bundleWorkflowCode({
    ...bundlerOptions,
    workflowsPath,
    workflowInterceptorModules,
    failureConverterPath: FAILURE_CONVERTER,
    logger: new DefaultLogger('WARN'),
  });
  const { code: small, map } = await minify(code, DROP_UNUSED);
  if (small === undefined || typeof map !== 'string') throw new Error('the workflow bundle came out empty');
  // Lines and names are enough for a stack trace; the sources are larger than the bundle.
  const lines = JSON.stringify({
    ...(JSON.parse(map) as object),
    file: 'workflow-bundle.js',
    sourcesContent: undefined,
  });
  return `${small}\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(lines).toString('base64')}\n`;
}

/**
 * The bundle of the current sources, built once for all processes: its file is named by a hash of its inputs. Several processes may build
 * it at the same time.
 */
export async function sourceBundle(workflowsPath: string): Promise<{ codePath: string }> {
  const codePath = join(CACHE, `${await fingerprintOfSources()}.js`);
  if (existsSync(codePath)) return { codePath };
  const code = await makeBundle(workflowsPath);
  await mkdir(CACHE, { recursive: true });
  await removeOld();
  const unfinished = `${codePath}.${process.pid}`;
  await writeFile(unfinished, code);
  await rename(unfinished, codePath);
  return { codePath };
}

async function fingerprintOfSources(): Promise<string> {
  const hash = createHash('sha256');
  for (const folder of SOURCES) {
    const files = await readdir(folder, { recursive: true, withFileTypes: true });
    const paths = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
    for (const path of paths.sort()) hash.update(`${path}\n`).update(await readFile(path));
  }
  hash.update(await readFile(INSTALLED));
  return hash.digest('hex').slice(0, 32);
}

async function removeOld(): Promise<void> {
  for (const name of await readdir(CACHE)) {
    const path = join(CACHE, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > KEPT_MS) await rm(path, { force: true });
  }
}
