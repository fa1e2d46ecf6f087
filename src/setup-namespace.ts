import { Option } from 'commander';
import { createProgram, print, runProgram } from './cli/program.js';
import { connectTo } from './temporal/connection.js';
import { setUpNamespace, type NamespaceSetUp } from './temporal/namespace.js';
import { temporalSettings } from './temporal/settings.js';

const HELP = `
Creates the namespace where it is missing, adds the search attributes that lifecycles are found by, and has it keep closed workflows for
90 days, since a reference is paid once for that long. Repeat it as often as you like; a longer retention stays.

The server is the one of TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and so on, as for the worker. The credentials have to be an administrator's.
Temporal Cloud lets no SDK do this: there the command prints what to run with tcld instead.`;

const program = createProgram('setup.namespace', 'Makes a namespace of a Temporal server fit for lifecycles.')
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
  const added = searchAttributesAdded.length > 0 ? `added: ${searchAttributesAdded.join(', ')}` : 'all there';
  const kept = before !== undefined && before !== now ? `${now} days, before ${before}` : `${now} days`;
  return [
    `namespace ${namespace}: ${created ? 'created' : 'there'}`,
    `search attributes: ${added}`,
    `retention: ${kept}`,
  ].join('\n');
}

await runProgram(program);
