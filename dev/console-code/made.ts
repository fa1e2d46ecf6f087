import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import ts from 'typescript';
import { PROJECT_FOLDER } from '../../src/config/project-folder.js';

/** What the pages run, with all that it imports. */
const SOURCES = [
  'console/browser/bytes',
  'console/browser/enrol',
  'console/browser/look',
  'console/browser/sign',
  'console/message-forms',
  'lifecycle/canonical',
  'proof/passkey-claims',
];

export const codeFile = join(PROJECT_FOLDER, 'src', 'console', 'browser-code.ts');

/** The file's text as the sources have it now: each module by its own, types taken away. */
export async function madeOfSources(): Promise<string> {
  const modules = await Promise.all(
    SOURCES.map(async (name) => {
      const source = await readFile(join(PROJECT_FOLDER, 'src', `${name}.ts`), 'utf8');
      const { outputText } = ts.transpileModule(source, {
        compilerOptions: {
          target: ts.ScriptTarget.ES2022,
          module: ts.ModuleKind.ES2022,
          verbatimModuleSyntax: true,
          removeComments: true,
        },
      });
      return `${JSON.stringify(`${name}.js`)}: ${JSON.stringify(outputText)},`;
    }),
  );
  const text = `/* Made by "npm run console.code -- --write" from console/browser/ and what it imports. */

/** What the console's pages run in browsers, by its path. */
export const BROWSER_CODE: Readonly<Record<string, string>> = {
${modules.join('\n')}
};
`;
  return format(text, { ...(await resolveConfig(codeFile)), parser: 'typescript' });
}
