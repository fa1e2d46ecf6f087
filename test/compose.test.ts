import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseEnv, promisify } from 'node:util';
import { parse } from 'yaml';
import { apiKeys } from '../src/gateway/api-keys.js';
import { loadEnvironment } from '../src/config/environment.js';
import { SECRET_FILE_VARIABLES, VARIABLE_NAMES, type Role } from '../src/config/variables.js';
import { sandboxEnvironment } from '../sandbox/fixtures.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

interface Service {
  image: string;
  build?: string;
  profiles?: string[];
  entrypoint?: string[];
  command?: string[];
  environment?: Record<string, string>;
  secrets?: string[];
  volumes?: string[];
  healthcheck?: unknown;
  cap_drop?: string[];
  cap_add?: string[];
  security_opt?: string[];
  read_only?: boolean;
  mem_limit?: string;
  pids_limit?: number;
  logging?: { options: Record<string, string> };
  depends_on?: Record<string, { condition: string; required?: boolean }>;
}

interface Compose {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
  secrets: Record<string, { file: string }>;
}

/** Variables of Temporal's own that tell a client where to go. */
const TEMPORALS = ['TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE', 'TEMPORAL_CONFIG_FILE'];
/** OpenTelemetry's own, of those that take an empty one for one that is not set. */
const OPENTELEMETRYS = [
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'OTEL_TRACES_SAMPLER',
  'OTEL_TRACES_SAMPLER_ARG',
];
const KNOWN = new Set([...VARIABLE_NAMES, ...SECRET_FILE_VARIABLES.keys(), ...TEMPORALS, ...OPENTELEMETRYS]);
/** What the worker's service leaves alone: the gateway's, the codec server's, whose key signs, what is asked within the container only, and what the image sets. */
const NOT_THE_WORKERS = [
  'FINHUB_WEBHOOK_MAX_AGE_SECONDS',
  'SIGNING_KEY_FILE',
  'SIGNER_ID',
  'CODEC_TOKENS',
  'CODEC_UI_ORIGIN',
  'CODEC_HOST',
  'CODEC_PORT',
  ...VARIABLE_NAMES.filter((name) => name.startsWith('GATEWAY_')),
  'HEALTH_HOST',
  'NODE_ENV',
];

describe('docker-compose.yml', () => {
  let text: string;
  let compose: Compose;
  /** A copy of what `deploy/prepare.sh` works on, after it has run twice. */
  let prepared: string;
  let filledIn: NodeJS.Dict<string>;
  before(async () => {
    text = await readFile(join(ROOT, 'docker-compose.yml'), 'utf8');
    compose = parse(text, { merge: true }) as Compose;
    prepared = await mkdtemp(join(tmpdir(), 'compose-test-'));
    for (const folder of ['deploy', 'examples']) {
      const isMade = (path: string) => ['secrets', 'config'].includes(basename(path));
      await cp(join(ROOT, folder), join(prepared, folder), { recursive: true, filter: (path) => !isMade(path) });
    }
    const run = promisify(execFile);
    await run('/bin/sh', ['deploy/prepare.sh'], { cwd: prepared });
    const keys = await readFile(join(prepared, 'deploy/secrets/onboarding_keys'), 'utf8');
    const again = await run('/bin/sh', ['deploy/prepare.sh'], { cwd: prepared });
    assert.equal(again.stdout, '', 'the second run made something anew');
    assert.equal(await readFile(join(prepared, 'deploy/secrets/onboarding_keys'), 'utf8'), keys);
    filledIn = parseEnv(await readFile(join(prepared, '.env'), 'utf8'));
  });
  after(() => rm(prepared, { recursive: true, force: true }));

  const services = (): [string, Service][] => Object.entries(compose.services);
  const ours = () => services().filter(([, { build }]) => build !== undefined);

  /** What compose makes of `${NAME:-default}`, `${NAME:?message}` and `$$`. */
  function interpolated(value: string): string {
    return value.replace(/\$\$|\$\{(\w+):([-?])([^}]*)\}/g, (all, name: string, kind: string, rest: string) => {
      if (all === '$$') return '$';
      const set = filledIn[name];
      assert.ok(set || kind === '-', `${name} is needed and deploy/env.example does not set it`);
      return set ? set : rest;
    });
  }

  /** The environment of a service as its process would find it, with this machine's files in the place of the container's. */
  function environmentOf(name: string): NodeJS.ProcessEnv {
    const entries = Object.entries(compose.services[name]!.environment ?? {}).map(([variable, value]) => [
      variable,
      interpolated(value)
        .replace(/^\/run\/secrets\//, join(prepared, 'deploy/secrets/'))
        .replace(/^\/config\//, join(prepared, 'deploy/config/')),
    ]);
    return { ...(Object.fromEntries(entries) as NodeJS.ProcessEnv), NODE_ENV: 'production' };
  }

  it('pins every image to a version', async () => {
    for (const [name, { image, build }] of services()) {
      if (build === undefined) assert.match(image, /^[\w/-]+:v?\d+\.\d+[\w.-]*$/, name);
    }
    const dockerfile = await readFile(join(ROOT, 'Dockerfile'), 'utf8');
    assert.match(dockerfile, /^ARG NODE_IMAGE=node:\d+\.\d+\.\d+-bookworm-slim$/m);
    const stages = [...dockerfile.matchAll(/^FROM (\S+)(?: AS (\S+))?/gm)];
    const named = stages.map(([, , name]) => name);
    for (const [, image] of stages) assert.ok(image === '${NODE_IMAGE}' || named.includes(image), image);
  });

  it('takes from every service what it does not need, and bounds its memory and log', () => {
    for (const [name, service] of services()) {
      assert.deepEqual(service.cap_drop, ['ALL'], name);
      assert.ok(service.security_opt?.includes('no-new-privileges:true'), name);
      assert.match(service.mem_limit ?? '', /^\d+[mg]$/, name);
      assert.ok((service.pids_limit ?? 0) > 0, name);
      assert.deepEqual(Object.keys(service.logging?.options ?? {}), ['max-size', 'max-file'], name);
      // These two write their configuration into the image.
      assert.equal(service.read_only === true, !['temporal', 'temporal-ui'].includes(name), name);
      assert.ok(service.cap_add === undefined || name === 'postgres', name);
    }
  });

  it('gives every service a health check, or somebody who waits for its end', () => {
    const awaited = (condition: string) =>
      new Set(
        services().flatMap(([, { depends_on = {} }]) =>
          Object.entries(depends_on)
            .filter(([, dependency]) => dependency.condition === condition)
            .map(([name]) => name),
        ),
      );
    const [completed, healthy] = [awaited('service_completed_successfully'), awaited('service_healthy')];
    for (const [name, { healthcheck, profiles = [] }] of services()) {
      if (profiles.includes('tools')) continue; // run by hand, to their end
      assert.ok(healthcheck !== undefined || completed.has(name), name);
    }
    for (const name of healthy) assert.ok(compose.services[name]!.healthcheck, name);
  });

  it('tells our processes only what they know', () => {
    assert.ok(ours().length >= 5);
    for (const [name, { environment = {} }] of ours()) {
      assert.deepEqual(
        Object.keys(environment).filter((variable) => !KNOWN.has(variable)),
        [],
        name,
      );
    }
  });

  it('hands the worker every variable that it knows, from .env under the same name or set for good', () => {
    const environment = compose.services['worker']!.environment!;
    assert.deepEqual(
      VARIABLE_NAMES.filter((name) => !(name in environment) && !(`${name}_FILE` in environment)),
      NOT_THE_WORKERS,
    );
    for (const [name, { environment: handed = {} }] of ours()) {
      for (const [variable, value] of Object.entries(handed)) {
        const [, from] = /^\$\{(\w+):/.exec(value) ?? [];
        assert.ok(from === undefined || from === variable, `${name}: ${variable} is ${value}`);
      }
    }
  });

  it('hands each service the secrets that it names, and as files', () => {
    for (const [name, { environment = {}, command = [], secrets = [] }] of services()) {
      const named = [...Object.values(environment), ...command].flatMap((value) =>
        [...value.matchAll(/\/run\/secrets\/([\w.]+)/g)].map(([, secret]) => secret),
      );
      for (const secret of named) assert.ok(secrets.includes(secret!), `${name} reads ${secret} and does not get it`);
      const inClear = Object.keys(environment).filter((variable) =>
        [...SECRET_FILE_VARIABLES.values()].some((secret) => secret === variable),
      );
      assert.deepEqual(inClear, [], name);
    }
  });

  it('refers to nothing that is not there once deploy/prepare.sh has run', async () => {
    for (const [name, { file }] of Object.entries(compose.secrets)) {
      assert.equal((await stat(join(prepared, file))).mode & 0o004, 0o004, `${name} cannot be read in a container`);
    }
    assert.equal((await stat(join(prepared, 'deploy/secrets'))).mode & 0o077, 0, 'others can enter the secrets');
    for (const [name, { volumes = [], secrets = [] }] of services()) {
      for (const secret of secrets) assert.ok(secret in compose.secrets, `${name}: ${secret}`);
      for (const source of volumes.map((volume) => volume.split(':')[0]!)) {
        if (source.startsWith('.')) await stat(join(prepared, source));
        else assert.ok(source in compose.volumes, `${name}: ${source}`);
      }
    }
    for (const [name, { entrypoint = [], command = [] }] of ours()) {
      for (const program of [...entrypoint, ...command].filter((word) => /^(sandbox\/)?lib\//.test(word))) {
        const source = program.replace(/^lib\//, 'src/').replace(/^sandbox\/lib\//, 'sandbox/');
        await stat(join(ROOT, source.replace(/\.js$/, '.ts'))).catch(() =>
          assert.fail(`${name} runs ${program}, of which there is no source`),
        );
      }
    }
  });

  it('is a configuration that all roles can start with, against the sandbox', () => {
    const roles: [string, Role][] = [
      ['worker', 'worker'],
      ['gateway', 'gateway'],
      ['starter', 'starter'],
      ['operator', 'operator'],
      ['codec-server', 'codec-server'],
    ];
    for (const [service, role] of roles) loadEnvironment(role, environmentOf(service));
    const { finhub, health, signersFile, temporal, requireProof } = loadEnvironment('worker', environmentOf('worker'));
    const sandbox = sandboxEnvironment('http://sandbox:8080');
    const expected = loadEnvironment('worker', {
      ...sandbox,
      ONBOARDING_KEYS_FILE: join(prepared, 'deploy/secrets/onboarding_keys'),
    });
    assert.deepEqual(finhub, expected.finhub);
    assert.equal(signersFile, join(prepared, 'deploy/config/signers.json'));
    assert.equal(temporal.address, 'temporal:7233');
    assert.equal(health?.port, 8082);
    assert.equal(requireProof, false, 'the trial has no keys');
  });

  it('lets in whoever has the key that was made for the trial', async () => {
    const { gateway, tenantId } = loadEnvironment('gateway', environmentOf('gateway'));
    const key = await readFile(join(prepared, 'deploy/secrets/gateway_key'), 'utf8');
    const credentials = await apiKeys(gateway.apiKeysFile!);
    assert.equal((await credentials.callerOf({ token: key }))?.tenant, tenantId);
    assert.equal(await credentials.callerOf({ token: `${key}x` }), undefined);
  });

  it('signs for the environment that the worker takes messages of', () => {
    for (const service of ['worker', 'gateway', 'starter', 'operator']) {
      const environment = compose.services[service]!.environment!;
      assert.equal(environment['ENVIRONMENT_NAME'], '${ENVIRONMENT_NAME:-}', service);
    }
  });
});
