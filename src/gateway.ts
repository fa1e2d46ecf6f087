import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import fastify from 'fastify';
import { Option } from 'commander';
import { pino } from 'pino';
import { readCertificate } from './cli/input.js';
import { addCommand, createProgram, print, runProgram, say } from './cli/program.js';
import { connectOnboarding, signingOf } from './client/index.js';
import { explained } from './config/explain.js';
import { loadEnvironment } from './config/environment.js';
import { certificateEntry, makeApiKey } from './gateway/api-keys.js';
import { credentialsOf } from './gateway/authentication.js';
import { SCOPES, type Scope } from './gateway/caller.js';
import { serveConsole } from './console/serve.js';
import { Renderer } from './rendering/renderer.js';
import type { GatewayConfiguration } from './config/configurations.js';
import type { GatewayMetrics } from './gateway/metrics.js';
import type { PeopleOptions } from './gateway/people/people.js';
import { startGateway } from './gateway/server.js';
import { signersFile } from './proof/signers-file.js';
import { openBlobs } from './store/open-store.js';
import { ensureSearchAttributes } from './temporal/search-attributes.js';

const program = createProgram('gateway', 'Serves the HTTP API, until SIGTERM or SIGINT.');

program.command('serve', { isDefault: true }).description('serves the HTTP API').action(serve);

addCommand(
  program,
  'api-key',
  'makes an API key, or takes a client certificate in its place, and prints the entry of GATEWAY_API_KEYS_FILE that lets it in',
  [
    'api-key --client backend --tenant TENANT --scopes onboarding:write onboarding:read',
    'api-key --client backend --tenant TENANT --scopes onboarding:read --certificate client.pem',
  ],
)
  .requiredOption('--client <name>', 'whose it is')
  .requiredOption('--tenant <id>', 'the only tenant that it sees')
  .addOption(new Option('--scopes <scopes...>', 'what it allows').choices([...SCOPES]).makeOptionMandatory())
  .option('--operator <id>', "where it is an operator's: their id in the signers file")
  .option('--expires <time>', 'ISO 8601 with zone')
  .option('--certificate <file>', "the client's certificate in PEM, where the gateway speaks TLS by itself")
  .action(async ({ client, tenant, scopes, operator, expires, certificate, json }: KeyFlags) => {
    const whose = { client, tenant, scopes, operator, expiresAt: expires };
    if (certificate !== undefined) {
      const entry = certificateEntry(whose, await readCertificate(certificate));
      print(json, { entry }, () => JSON.stringify(entry));
      return;
    }
    const { key, entry } = makeApiKey(whose);
    print(json, { key, entry }, () => `${key}\n${JSON.stringify(entry)}`);
    if (!json)
      say('the first line is the key, which nobody can show again; the second belongs into "keys" of the file');
  });

interface KeyFlags {
  client: string;
  tenant: string;
  scopes: Scope[];
  operator?: string;
  expires?: string;
  certificate?: string;
  json?: boolean;
}

/** The program that draws documents lies beside this one. */
const RENDER_PAGE = fileURLToPath(new URL('./render-page.js', import.meta.url));

await runProgram(program);

async function serve(): Promise<void> {
  const config = loadEnvironment('gateway');
  const log = pino({ level: config.logLevel, base: null });
  for (const note of config.notes) log.warn(note);
  const { host, port, tls, requestsPerMinute, waitsPerClient, oauth, apiKeysFile } = config.gateway;
  const credentials = await credentialsOf({ oauth, apiKeysFile, people: config.people.provider !== undefined });
  if (!credentials) log.warn('nobody is asked for credentials; whoever reaches this machine can do everything');
  const signing = await signingOf(config);
  const client = await connectOnboarding({ ...config, signing, onNote: (note) => log.warn(note) });
  try {
    await ensureSearchAttributes(client.temporal.connection, config.temporal.namespace);
    const { environment, webhooks, tenantId } = config;
    const gateway = await startGateway({
      ...{ client, credentials, environment, host, port, tls, requestsPerMinute, log },
      people: await peopleOf(config, credentials !== undefined),
      console: (server, people) =>
        serveConsole(server, { client, people, environment, log, renderer: new Renderer(RENDER_PAGE) }),
      waitsPerCaller: waitsPerClient,
      webhooks: webhooks && tenantId !== undefined ? { ...webhooks, tenantId } : undefined,
    }).catch((error: unknown) => {
      throw new Error(explained(error) ?? String(error), { cause: error });
    });
    const stopMetrics = config.metrics && (await serveMetrics(config.metrics.bindAddress, gateway.metrics));
    process.stdout.write(`gateway listening on ${gateway.url}\n`);
    await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
    log.info('ends once what is under way is answered');
    await gateway.close();
    await stopMetrics?.();
  } finally {
    await client.close();
  }
}

/** Who signs in: by the provider, or on this machine, where nobody is asked for credentials, whoever says so. */
async function peopleOf(
  { people, keys, documentStore, tenantId }: GatewayConfiguration,
  areAsked: boolean,
): Promise<PeopleOptions | undefined> {
  const { signers, provider, limits, signInsPerMinute } = people;
  if (areAsked && !provider) return undefined;
  const blobs = await openBlobs(documentStore);
  return {
    ...{ keys, blobs, limits, signInsPerMinute, tenantId, provider },
    signers: await signersFile(signers.path, { roots: signers.roots }),
  };
}

async function serveMetrics(address: string, metrics: GatewayMetrics): Promise<() => Promise<void>> {
  const at = address.lastIndexOf(':');
  const server = fastify({ logger: false, forceCloseConnections: true });
  server.get('/metrics', async (_, reply) => {
    const { type, body } = await metrics.text();
    return reply.type(type).send(body);
  });
  await server.listen({ host: address.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(address.slice(at + 1)) });
  return () => server.close();
}
