import { Command, Option } from 'commander';
import { colours } from './cli/colours.js';
import { table } from './cli/table.js';
import { endQuietlyWhenUnread } from './cli/unread.js';
import { faultLine } from './config/configuration-error.js';
import { describeEnvironment, type ConfigurationDescription } from './config/describe.js';
import { ROLES, type Role } from './config/variables.js';

endQuietlyWhenUnread();

const program = new Command('config')
  .description('Shows the configuration from the environment, with secrets redacted; exits 1 if it is not usable.')
  .addOption(new Option('--for <role>', 'the program that will use it').choices([...ROLES]).default('worker'))
  .option('--json', 'one JSON document on standard output')
  .action(({ for: role, json }: { for: Role; json?: true }) => {
    const description = describeEnvironment(role);
    console.log(json ? JSON.stringify(description, undefined, 2) : readable(description));
    if (!json) for (const fault of description.faults) console.error(colours.red(faultLine(fault)));
    process.exitCode = description.faults.length > 0 ? 1 : 0;
  });

function readable({ variables, temporal }: ConfigurationDescription): string {
  const server = temporal
    ? `Temporal: ${temporal.address}, namespace ${temporal.namespace}, TLS ${temporal.tls}, API key ${temporal.apiKey}`
    : 'Temporal: unknown';
  return `${table(
    ['variable', 'value', 'from'],
    variables.map(({ name, value, from }) => [name, value, from]),
  )}\n${server}`;
}

program.parse();
