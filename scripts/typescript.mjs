import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureDependencies } from './dependencies.mjs';
import { root } from './project.mjs';

/** Imports a TypeScript module of the project into this process, after installing what it needs. */
export async function importTypeScript(file) {
  await ensureDependencies();
  const { register } = await import('tsx/esm/api');
  register({ tsconfig: resolve(root, 'tsconfig.json') });
  return import(pathToFileURL(resolve(root, file)).href);
}
