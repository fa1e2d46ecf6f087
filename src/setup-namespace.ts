import { Option } from 'commander';
import { createProgram, print, runProgram } from './cli/program.js';
import { connectTo } from './temporal/connection.js';
import { setUpNamespace, type NamespaceSetUp } from './temporal/namespace.js';
import { temporalSettings } from './temporal/settings.js';

const HELP = `
Creates the namespace if it is missing, adds the search attributes for lifecycles, and sets the retention of closed workflows to at least
90 days: a reference is paid once for that long. Safe to repeat; a longer retention stays.

It uses TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and so on, like the worker, and needs an administrator's credentials. Temporal Cloud does not
allow this through the SDK: there, the command prints the tcld commands to run.`;

const program = createProgram('setup.namespace', 'Prepares a Temporal namespace for lifecycles.')
  .addOption(new Option('--json', 'one JSON document on standard output'))
  .addHelpText('after', HELP)
  .action(async ({ json }: { json?: boolean }) => {
    const settings = temporalSettings();
    const connection = await connectTo(settings);
    try {
      const done = await setUpNamespace(connection, settings.namespace);
      print(json, done, textOf);
    } finally {
      await connection.close();
    }
  });

function textOf({ namespace, created, searchAttributesAdded, retentionDays: { before, now } }: NamespaceSetUp): string {
  const added = searchAttributesAdded.length > 0 ? `added: ${searchAttributesAdded.join(', ')}` : 'complete';
  const retention = before !== undefined && before !== now ? `${now} days (was ${before})` : `${now} days`;
  return [
    `namespace ${namespace}: ${created ? 'created' : 'exists'}`,
    `search attributes: ${added}`,
    `retention: ${retention}`,
  ].join('\n');
}

await runProgram(program);
