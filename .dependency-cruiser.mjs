/** The layers of `src/`, bottom up; a file imports from its own folder and from those named here, never upwards. */
const LAYERS = {
  contract: [],
  lifecycle: ['contract'],
  http: [],
  rendering: [],
  files: [],
  secrets: ['contract', 'lifecycle', 'files'],
  privacy: ['contract'],
  policies: ['contract', 'lifecycle', 'files'],
  finhub: ['contract', 'lifecycle', 'privacy', 'http'],
  store: ['contract', 'lifecycle', 'secrets', 'http'],
  proof: ['contract', 'lifecycle', 'privacy', 'secrets', 'store', 'files'],
  tracing: ['contract', 'lifecycle', 'finhub', 'http'],
  temporal: ['contract', 'lifecycle', 'secrets', 'store', 'tracing'],
  intake: ['contract', 'lifecycle', 'privacy'],
  workflows: ['contract', 'lifecycle'],
  activities: ['contract', 'lifecycle', 'intake', 'finhub', 'temporal', 'store', 'proof', 'policies', 'secrets'],
  client: ['contract', 'lifecycle', 'intake', 'finhub', 'privacy', 'proof', 'temporal', 'store', 'secrets', 'files'],
  codec: ['secrets', 'temporal'],
  config: ['secrets', 'store', 'temporal'],
  worker: [
    'contract',
    'lifecycle',
    'intake',
    'privacy',
    'secrets',
    'store',
    'finhub',
    'temporal',
    'tracing',
    'proof',
    'policies',
    'activities',
    'client',
    'config',
  ],
  doctor: ['contract', 'lifecycle', 'finhub', 'temporal', 'store', 'proof', 'policies', 'client', 'config'],
  cli: ['contract', 'lifecycle', 'proof', 'client', 'config', 'temporal', 'store', 'secrets', 'tracing', 'files'],
  console: ['contract', 'lifecycle', 'proof', 'rendering', 'client', 'gateway'],
  gateway: [
    'contract',
    'lifecycle',
    'http',
    'intake',
    'client',
    'config',
    'privacy',
    'proof',
    'secrets',
    'store',
    'tracing',
    'files',
  ],
};

/** Of whole trees: what ships knows nothing of what it is developed with, and the sandbox nothing of what it answers. */
const TREES = {
  src: [],
  sandbox: [],
  dev: ['src', 'sandbox'],
  bench: ['src', 'sandbox', 'dev'],
};

/** Files that check with the whole of zod. */
const SCHEMAS = '^src/contract/(.*-schemas?|marks)[.]ts$';

const oneOf = (names) => `^(${names.join('|')})/`;

const layer = ([folder, below]) => ({
  name: `layer-${folder}`,
  severity: 'error',
  comment: `src/${folder}/ imports from ${[folder, ...below].map((name) => `src/${name}/`).join(', ')} only`,
  from: { path: `^src/${folder}/` },
  to: {
    path: '^src/',
    pathNot: `^src/(${[folder, ...below].join('|')})/`,
    // A workflow names the activities it asks for.
    ...(folder === 'workflows' && { dependencyTypesNot: ['type-only'] }),
  },
});

const tree = ([name, below]) => ({
  name: `tree-${name}`,
  severity: 'error',
  comment: `${name}/ imports from ${[name, ...below].map((one) => `${one}/`).join(', ')} only`,
  from: { path: `^${name}/` },
  to: { path: oneOf([...Object.keys(TREES), 'test']), pathNot: oneOf([name, ...below]) },
});

export default {
  forbidden: [
    {
      name: 'no-cycle',
      severity: 'error',
      comment:
        'files that import each other, be it by a third, be it types only, have one reason to change or too many',
      from: {},
      to: { circular: true },
    },
    ...Object.entries(LAYERS).map(layer),
    {
      name: 'workflow-packages',
      severity: 'error',
      comment:
        'workflow code runs in a sandbox that must be deterministic: it imports the workflow SDK and the contract only',
      from: { path: '^src/workflows/' },
      to: { pathNot: '^src/|node_modules/@temporalio/(workflow|common)/' },
    },
    {
      name: 'contract-packages',
      severity: 'error',
      comment: 'the contract is part of the workflow bundle and of every client: it imports zod/mini at the most',
      from: { path: '^src/(contract|lifecycle)/', pathNot: SCHEMAS },
      to: { pathNot: '^src/|node_modules/zod/(v4/)?mini/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'contract-schemas',
      severity: 'error',
      comment: 'of what checks with the whole of zod, workflows and the rules import the types only',
      from: { path: '^src/(contract|lifecycle|workflows)/', pathNot: SCHEMAS },
      to: { path: SCHEMAS, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'client-without-core',
      severity: 'error',
      comment: "whoever imports the client library must not load Temporal's native core",
      from: { path: '^src/client/' },
      to: { path: 'node_modules/@temporalio/(worker|core-bridge)/', reachable: true },
    },
    ...Object.entries(TREES).map(tree),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
