import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

/** The layers, bottom up; a file imports from its own layer's folder and from those named here, never upwards. */
const LAYERS = {
  lifecycle: [],
  secrets: ['lifecycle'],
  privacy: ['lifecycle'],
  sandbox: [],
  proof: ['lifecycle', 'privacy', 'secrets', 'store'],
  policies: ['lifecycle'],
  http: [],
  store: ['lifecycle', 'secrets', 'http'],
  finhub: ['lifecycle', 'privacy'],
  tracing: ['lifecycle', 'finhub', 'http'],
  temporal: ['lifecycle', 'secrets', 'store', 'tracing'],
  workflows: ['lifecycle'],
  intake: ['lifecycle', 'privacy'],
  activities: ['lifecycle', 'intake', 'finhub', 'temporal', 'store', 'proof', 'policies', 'secrets'],
  client: ['lifecycle', 'intake', 'finhub', 'privacy', 'proof', 'temporal', 'store', 'secrets'],
  codec: ['secrets', 'temporal'],
  config: ['secrets', 'store', 'temporal'],
  cli: ['lifecycle', 'proof', 'client', 'config', 'temporal', 'store', 'secrets', 'tracing'],
  gateway: ['lifecycle', 'intake', 'client', 'config', 'privacy', 'proof', 'secrets', 'tracing'],
  embedded: ['lifecycle', 'client', 'config', 'temporal', 'store', 'secrets', 'sandbox', 'codec'],
  demo: ['client', 'cli', 'config', 'embedded'],
  docs: ['lifecycle', 'client', 'gateway'],
};
const folders = Object.keys(LAYERS);

/** A folder may import only what stands below it; `workflows/` may name the activities' types and nothing else of theirs. */
const layerRules = folders.map((folder) => {
  const forbidden = folders.filter((other) => other !== folder && !LAYERS[folder].includes(other));
  const typesOnly = folder === 'workflows' ? ['activities'] : [];
  return {
    files: [`src/${folder}/**/*.ts`],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            ...forbidden
              .filter((other) => !typesOnly.includes(other))
              .map((other) => ({ group: [`**/${other}/**`], message: `${folder}/ may not import ${other}/` })),
            ...typesOnly.map((other) => ({
              group: [`**/${other}/**`],
              allowTypeImports: true,
              message: `${folder}/ may import only types of ${other}/`,
            })),
            ...(folder === 'workflows'
              ? [
                  {
                    regex: '^(?!\\.|@temporalio/(workflow|common)$)',
                    message: 'workflow code imports the workflow SDK and the contract only',
                  },
                ]
              : []),
            ...(folder === 'lifecycle'
              ? [{ regex: '^(?!\\.|zod/mini$)', message: 'the contract imports zod/mini at the most' }]
              : []),
          ],
        },
      ],
    },
  };
});

export default tseslint.config(
  { ignores: ['lib/', '.cache/', 'node_modules/'] },
  ...tseslint.configs.recommendedTypeChecked.map((config) => ({ ...config, files: ['src/**/*.ts', 'test/**/*.ts'] })),
  {
    files: ['src/**/*.ts', 'test/**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      eqeqeq: ['error', 'always'],
    },
  },
  ...layerRules,
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', package: 'node:test', name: ['test', 'it', 'describe', 'suite'] },
          ],
        },
      ],
    },
  },
  prettier,
);
