import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BundleOptions } from '@temporalio/worker';

type WebpackConfig = Parameters<NonNullable<BundleOptions['webpackConfigHook']>>[0];

/** Only local variables get short names: stack traces tell functions and classes by theirs. */
const LOCALS_ONLY = { keep_classnames: true, keep_fnames: true } as const;

/** What our TypeScript is compiled with: nothing is rewritten for old engines, and comments stay at home. */
const COMPILED = {
  minify: true,
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript' },
    minify: { compress: false, mangle: LOCALS_ONLY, format: { comments: false } },
  },
} as const;

/**
 * How the workflow bundle is built. Each cached workflow carries it in memory, so its modules are merged into one and what nobody uses is left
 * out; names of functions and classes stay, and the source map with them.
 */
export const bundlerOptions: Pick<BundleOptions, 'webpackConfigHook'> = {
  webpackConfigHook: (config) => ({
    ...config,
    module: { ...config.module, rules: (config.module?.rules ?? []).map(compileAsIs) },
    optimization: { ...config.optimization, concatenateModules: true, usedExports: true, minimize: false },
  }),
};

/** What goes into the workflow bundle besides the workflows. */
export const workflowInterceptorModules = ['trace-header', 'query-ahead', 'signals', 'slots'].map((name) =>
  fileURLToPath(new URL(`../workflows/${name}${extname(import.meta.url)}`, import.meta.url)),
);

type Rule = NonNullable<NonNullable<WebpackConfig['module']>['rules']>[number];

/** Changes the SDK's own rule for TypeScript and leaves the others. */
function compileAsIs(rule: Rule): Rule {
  if (typeof rule !== 'object' || !rule?.use || typeof rule.use !== 'object' || !('options' in rule.use)) return rule;
  const { options } = rule.use;
  return { ...rule, use: { ...rule.use, options: { ...(typeof options === 'object' ? options : {}), ...COMPILED } } };
}
