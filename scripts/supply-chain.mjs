// Last part of `npm run build`: what is in the build (a CycloneDX bill of materials), under which licences, and what a package of it holds.
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { licenceFaults } from './licences.mjs';
import { fail, root } from './project.mjs';

const BOM = join('lib', 'sbom.cdx.json');

const read = async (name) => JSON.parse(await readFile(join(root, name), 'utf8'));
const npm = async (...args) => {
  const { stdout } = await promisify(execFile)('npm', args, { cwd: root, maxBuffer: 1e8 });
  return JSON.parse(stdout);
};

const licences = licenceFaults(await read('package-lock.json'));
if (licences.length > 0) fail(`not among the licences of scripts/licences.mjs: ${licences.join(', ')}`);

const { name, version } = await read('package.json');
const bom = await npm('sbom', '--omit', 'dev', '--sbom-format', 'cyclonedx');
// npm takes the folder's name.
Object.assign(bom.metadata.component, { name, version });
await writeFile(join(root, BOM), `${JSON.stringify(bom, undefined, 2)}\n`);

const [packed] = await npm('pack', '--dry-run', '--json', '--ignore-scripts');
const strange = packed.files
  .map(({ path }) => path)
  .filter((path) => !/^(lib\/.+\.(js|d\.ts|map|json)|package\.json|README\.md|LICENSE)$/.test(path));
if (strange.length > 0) fail(`a package would hold what does not ship: ${strange.join(', ')}`);
process.stdout.write(`${BOM}: ${bom.components.length} components; a package holds ${packed.files.length} files\n`);
