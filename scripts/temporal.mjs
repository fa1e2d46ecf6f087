// npm run --silent temporal -- ARGS…: the Temporal CLI, for those who have none on their PATH.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { temporalBinary } from './temporal-binary.mjs';

const { path } = await temporalBinary('temporal');
const cli = spawn(path, process.argv.slice(2), { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => cli.kill(signal));
cli.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
