import { Command } from 'commander';
import { colours } from './cli/colours.js';
import { endQuietlyWhenUnread } from './cli/unread.js';
import { ConfigurationError, faultLine } from './config/configuration-error.js';
import { loadEnvironment } from './config/environment.js';
import { type WorkerConfiguration } from './config/configurations.js';
import { examine, type Finding } from './doctor/finding.js';
import { finHubChecks } from './doctor/finhub-checks.js';
import { ownChecks } from './doctor/own-checks.js';
import { temporalChecks } from './doctor/temporal-checks.js';

endQuietlyWhenUnread();

const program = new Command('doctor')
  .description("Checks everything a worker depends on, with the worker's configuration; exits 1 if a check fails.")
  .option('--json', 'one JSON document on standard output')
  .action(async ({ json }: { json?: true }) => {
    const findings = await look();
    console.log(json ? JSON.stringify({ findings }, undefined, 2) : findings.map(line).join('\n'));
    process.exitCode = findings.some(({ state }) => state === 'fault') ? 1 : 0;
  });

async function look(): Promise<Finding[]> {
  let config: WorkerConfiguration;
  try {
    config = loadEnvironment('worker');
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const helps = 'npm run config shows the settings';
    return error.faults.map((fault) => ({ what: 'configuration', state: 'fault', detail: faultLine(fault), helps }));
  }
  const [temporal, finhub] = [temporalChecks(config), finHubChecks(config)];
  try {
    return await examine([...temporal.checks, ...finhub.checks, ...ownChecks(config)]);
  } finally {
    await Promise.allSettled([temporal.close(), finhub.close()]);
  }
}

const COLOURS = { ok: colours.green, note: colours.yellow, fault: colours.red } as const;

function line({ what, state, detail, helps }: Finding): string {
  return `${COLOURS[state](state.padEnd(5))} ${what}: ${detail}${helps === undefined ? '' : `; what helps: ${helps}`}`;
}

await program.parseAsync();
process.exit();
