import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { loadEnvironment } from '../src/config/environment.js';
import { SECRET_FILE_VARIABLES, VARIABLE_NAMES, type Role } from '../src/config/variables.js';
import { newKeyRingText } from '../src/secrets/key-ring.js';
import { faultsOf, type Container, type Manifest } from './deploy/manifest-rules.js';
import { helm, kubernetesValidate } from './deploy/tools.js';

const HELM = fileURLToPath(new URL('../deploy/helm', import.meta.url));
const CHART = join(HELM, 'finhub-onboarding');
/** Of Kubernetes: three that are supported at the same time. */
const KUBERNETES = ['1.35.0', '1.36.0', '1.37.0'];
/** Kinds that Kubernetes learns from others: the Prometheus operator, Temporal's worker controller. */
const CUSTOM = new Set(['PodMonitor', 'PrometheusRule', 'WorkerDeployment', 'WorkerResourceTemplate']);
const run = promisify(execFile);

describe('the Helm chart', { timeout: 1_200_000 }, () => {
  let folder: string;
  let examples: string[];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'helm-test-'));
    examples = (await readdir(HELM)).filter((name) => /^values-.*\.yaml$/.test(name));
    assert.deepEqual(examples, ['values-cloud.yaml', 'values-sandbox.yaml', 'values-self-hosted.yaml']);
    await Promise.all([helm(), kubernetesValidate()]);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  async function rendered(values: string, chart = CHART, ...args: string[]): Promise<Manifest[]> {
    const version = ['--kube-version', KUBERNETES[0]!];
    const release = ['template', 'trial', chart, ...version, '--values', join(HELM, values), ...args];
    const { stdout } = await run(await helm(), release, { maxBuffer: 1e8 });
    return parseAllDocuments(stdout)
      .map((document) => document.toJS() as Manifest | null)
      .filter((manifest) => manifest !== null);
  }

  /** What the schemas of a version of Kubernetes say of manifests. */
  async function validated(manifests: readonly Manifest[], version: string): Promise<void> {
    const files = await Promise.all(
      manifests
        .filter(({ kind }) => !CUSTOM.has(kind))
        .map(async (manifest) => {
          const file = join(folder, `${manifest.kind}-${manifest.metadata.name}.json`);
          await writeFile(file, JSON.stringify(manifest));
          return file;
        }),
    );
    const args = ['--strict', '--kubernetes-version', version, ...files];
    await run(await kubernetesValidate(), args).catch((error: { stdout: string }) => assert.fail(error.stdout));
  }

  const podsOf = (manifests: readonly Manifest[]): Container[] =>
    manifests.flatMap(({ spec }) => spec?.template?.spec.containers ?? []);

  it('has no fault by its own lint, for every file of values', async () => {
    for (const values of examples) {
      await run(await helm(), ['lint', '--strict', CHART, '--values', join(HELM, values)]);
    }
  });

  for (const version of KUBERNETES) {
    it(`fits the schemas of Kubernetes ${version}`, async () => {
      for (const values of examples) await validated(await rendered(values), version);
    });
  }

  it('keeps our own rules: versions named, limits set, no privileges, no secret in clear', async () => {
    for (const values of examples) assert.deepEqual((await rendered(values)).flatMap(faultsOf), [], values);
  });

  it('is a configuration that each program starts with', async () => {
    const [files, tls] = [join(folder, 'run'), join(folder, 'tls')];
    await mkdir(tls);
    for (const name of ['tls.crt', 'tls.key', 'ca.crt']) await writeFile(join(tls, name), 'PEM');
    await cp(fileURLToPath(new URL('../examples', import.meta.url)), join(folder, 'examples'), { recursive: true });
    // What the ConfigMap holds besides the signers of the examples.
    await writeFile(join(folder, 'examples/api-keys.json'), '{"keys":[]}');
    await writeFile(join(folder, 'examples/policy.json'), '{}');
    const roles: Record<string, Role> = { worker: 'worker', gateway: 'gateway', 'codec-server': 'codec-server' };
    const known = new Set([...VARIABLE_NAMES, ...SECRET_FILE_VARIABLES.keys(), 'NODE_OPTIONS']);
    const secrets: Record<string, string> = {
      onboarding_keys: newKeyRingText(),
      codec_tokens: `ui:read:${'a'.repeat(32)}`,
      finhub_webhook_secret: 'w'.repeat(32),
      notify_secret: `whsec_${Buffer.alloc(32, 1).toString('base64')}`,
      'temporal.toml': '[profile.default]\n',
    };
    for (const values of examples) {
      let checked = 0;
      for (const { name, env = [] } of podsOf(await rendered(values))) {
        const role = roles[name];
        if (!role) continue;
        const unknown = env.filter(({ name }) => !known.has(name) && !name.startsWith('TEMPORAL_'));
        assert.deepEqual(unknown, [], `${values}: ${name}`);
        const environment: NodeJS.ProcessEnv = { NODE_ENV: 'production' };
        for (const { name, value = '' } of env) {
          const [, secret] = /^\/run\/secrets\/(.+)$/.exec(value) ?? [];
          environment[name] = secret
            ? join(files, secret)
            : value.replace('/config/', `${folder}/examples/`).replace('/run/temporal-tls', tls);
          if (secret) {
            await rm(join(files, secret), { force: true });
            await cp(await fileOf(secret, secrets), join(files, secret));
          }
        }
        loadEnvironment(role, environment);
        checked += 1;
      }
      assert.equal(checked, 3, values);
    }
  });

  async function fileOf(name: string, texts: Record<string, string>): Promise<string> {
    const path = join(folder, `secret-${name}`);
    await writeFile(path, texts[name] ?? 'Only-for-this-test-1');
    return path;
  }

  it('carries our alerts as they are', async () => {
    const manifests = await rendered('values-cloud.yaml');
    const rule = manifests.find(({ kind }) => kind === 'PrometheusRule');
    const [document] = parseAllDocuments(
      await readFile(new URL('../deploy/prometheus/onboarding.rules.yml', import.meta.url), 'utf8'),
    );
    assert.deepEqual(rule?.spec, document!.toJS());
  });

  it('scales to what it is told, and never to nothing', async () => {
    const manifests = await rendered('values-cloud.yaml');
    const scaler = manifests.find(({ kind }) => kind === 'HorizontalPodAutoscaler');
    assert.equal(scaler?.spec?.['minReplicas'], 2);
    assert.equal(manifests.find(({ metadata }) => metadata.name === 'trial-worker')?.spec?.['replicas'], undefined);
    await assert.rejects(
      rendered('values-cloud.yaml', CHART, '--set', 'worker.autoscaling.minReplicas=0'),
      /minReplicas/,
    );
  });

  it('refuses values that cannot be right, with the reason', async () => {
    const refused: [string, RegExp][] = [
      ['temporal.address=', /temporal.address is needed/],
      ['image.tag=latest', /tag/],
      ['worker.env.FINHUB_ADMIN_PASSWORD=Clear-Text-1', /FINHUB_ADMIN_PASSWORD/],
      ['wroker.replicas=3', /wroker/],
      ['worker.replicas=0', /replicas/],
    ];
    for (const [set, why] of refused) await assert.rejects(rendered('values-cloud.yaml', CHART, '--set', set), why);
  });

  it('fails on each planted fault', async () => {
    const planted: [string, string, string, RegExp][] = [
      ['_helpers.tpl', 'runAsNonRoot: true', 'runAsNonRoot: false', /may run as root/],
      ['_helpers.tpl', 'readOnlyRootFilesystem: true', 'readOnlyRootFilesystem: false', /may write to its image/],
      ['_helpers.tpl', 'capabilities: { drop: [ALL] }', 'capabilities: { drop: [CHOWN] }', /keeps capabilities/],
      [
        '_helpers.tpl',
        'automountServiceAccountToken: false\nserviceAccountName',
        'serviceAccountName',
        /token of the cluster/,
      ],
      [
        '_helpers.tpl',
        '"HEALTH_PORT" "8082"',
        '"HEALTH_PORT" "8082" "NOTIFY_SECRET" "whsec_1"',
        /NOTIFY_SECRET in clear/,
      ],
      [
        'gateway.yaml',
        'resources: {{- toYaml .Values.gateway.resources | nindent 12 }}',
        'resources: {}',
        /no limit of memory/,
      ],
    ];
    for (const [file, from, to, fault] of planted) {
      const chart = join(folder, 'planted');
      await rm(chart, { recursive: true, force: true });
      await cp(CHART, chart, { recursive: true, dereference: true });
      const path = join(chart, 'templates', file);
      const text = await readFile(path, 'utf8');
      assert.ok(text.includes(from), `${file} holds ${from}`);
      await writeFile(path, text.replace(from, to));
      const faults = (await rendered('values-cloud.yaml', chart)).flatMap(faultsOf);
      assert.ok(
        faults.some((one) => fault.test(one)),
        `${String(fault)} is not among ${faults.join('; ')}`,
      );
    }
    const broken = structuredClone(await rendered('values-cloud.yaml'));
    const worker = broken.find(({ metadata }) => metadata.name === 'trial-worker')!;
    worker.spec!['replica'] = 2;
    await assert.rejects(validated([worker], KUBERNETES[0]!), /replica/);
  });
});
