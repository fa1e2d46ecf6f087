import { once } from 'node:events';
import { pino } from 'pino';
import { startCodecServer } from './codec/server.js';
import { ConfigurationError } from './config/configuration-error.js';
import { loadEnvironment } from './config/environment.js';
import { explained } from './config/explain.js';

/** Decrypts payloads from Temporal for holders of a token: Temporal's UI and CLI. Runs until SIGTERM or SIGINT. */
async function run(): Promise<void> {
  const { keys, codec, logLevel, notes } = loadEnvironment('codec-server');
  const audit = pino({ level: logLevel, base: null });
  for (const note of notes) audit.warn(note);
  const server = await startCodecServer({ keys, ...codec, audit });
  process.stdout.write(`codec server listening on ${server.url}\n`);
  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  await server.close();
}

try {
  await run();
} catch (error) {
  const line =
    explained(error) ?? (error instanceof ConfigurationError ? error.message : String((error as Error).stack));
  process.stderr.write(`${line}\n`);
  process.exitCode = 1;
}
