import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BundleOptions } from '@temporalio/worker';

type WebpackConfig = Parameters<NonNullable<BundleOptions['webpackConfigHook']>>[0];

/** Only shortens the names of local variables, because stack traces show those of functions and classes. */
const LOCALS_ONLY = { keep_classnames: true, keep_fnames: true } as const;

/** Compiles our TypeScript without rewriting it for old engines, and drops comments. */
const COMPILED = {
  minify: true,
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript' },
    minify: { compress: false, mangle: LOCALS_ONLY, format: { comments: false } },
  },
} as const;

/**
 * How the workflow bundle is built. Each cached workflow holds it in memory, so modules are merged and unused code is dropped. Names of
 * functions and classes and the source map remain.
 */
export const bundlerOptions: Pick<BundleOptions, 'webpackConfigHook'> = {
  webpackConfigHook: (config) => ({
    ...config,
    module: { ...config.module, rules: (config.module?.rules ?? []).map(compileAsIs) },
    optimization: { ...config.optimization, concatenateModules: true, usedExports: true, minimize: false },
  }),
};

/** Parts of the workflow bundle besides the workflows. */
export const workflowInterceptorModules = ['trace-header', 'query-ahead', 'signals', 'slots'].map((name) =>
  fileURLToPath(new URL(`../workflows/${name}${extname(import.meta.url)}`, import.meta.url)),
);

type Rule = NonNullable<NonNullable<WebpackConfig['module']>['rules']>[number];

/** Changes only the SDK's own rule for TypeScript. */
function compileAsIs(rule: Rule): Rule {
  if (typeof rule !== 'object' || !rule?.use || typeof rule.use !== 'object' || !('options' in rule.use)) return rule;
  const { options } = rule.use;
  return { ...rule, use: { ...rule.use, options: { ...(typeof options === 'object' ? options : {}), ...COMPILED } } };
}
