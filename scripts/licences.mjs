// Licences of what ships: permissive ones, which a bank's lawyers know. A package under another one fails the build until somebody has decided.
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'Apache-2.0 AND MIT',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'MIT or MPL-2.0',
  'Unlicense',
]);

/** Looked at one by one. */
const DECIDED = {
  // Data on browsers, which the bundler of workflows brings along; no code of ours is made from it.
  'caniuse-lite': 'CC-BY-4.0',
  // Its package.json names none; its LICENSE file is the Unlicense.
  unionfs: undefined,
};

/**
 * Packages of a lock file that ship under a licence nobody has agreed to, as `name: licence`.
 * @param {{ packages: Record<string, { license?: string, dev?: boolean, devOptional?: boolean }> }} lock
 */
export function licenceFaults({ packages }) {
  return Object.entries(packages)
    .filter(([path, { dev, devOptional }]) => path !== '' && !dev && !devOptional)
    .map(([path, { license }]) => ({ name: path.slice(path.lastIndexOf('node_modules/') + 13), license }))
    .filter(({ name, license }) =>
      Object.hasOwn(DECIDED, name) ? DECIDED[name] !== license : !ALLOWED.has(license ?? ''),
    )
    .map(({ name, license }) => `${name}: ${license ?? 'no licence named'}`);
}
