import { describeEnvironment } from '../../src/config/describe.js';
import { aboutVariable, VARIABLE_NAMES } from '../../src/config/variables.js';
import { markdownTable } from './markdown.js';

/** Every variable, for `docs/reference/configuration.md`. */
export function variableTable(): string[] {
  const { variables } = describeEnvironment('worker', { NODE_ENV: 'production' });
  const rows = VARIABLE_NAMES.map((name) => {
    const { expects, neededBy, secret } = aboutVariable(name);
    const { value, from } = variables.find((one) => one.name === name)!;
    const standard = from === 'default' && value !== null && !value.startsWith('/') ? `\`${value}\`` : '';
    const notes = [...neededBy.map((role) => `needed by the ${role}`), ...(secret ? ['secret'] : [])];
    return [`\`${name}\``, expects.replace(/,$/, ''), standard, notes.join(', ')];
  });
  return markdownTable(['variable', 'takes', 'default', ''], rows);
}
