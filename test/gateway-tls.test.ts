import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { Agent, request } from 'undici';
import { SANDBOX_TENANT } from '../sandbox/fixtures.js';
import { readCertificate } from '../src/cli/input.js';
import { checkEnvironment } from '../src/config/check.js';
import { apiKeys, certificateEntry, makeApiKey, type ApiKeyEntry } from '../src/gateway/api-keys.js';
import type { Gateway } from '../src/gateway/server.js';
import { makeCertificates, NO_CERTIFICATES } from './helpers/certificates.js';
import { eventually } from './helpers/eventually.js';
import { gatewayOf } from './helpers/gateway.js';
import { startTimeSkipping, type TimeSkipping } from './helpers/time-skipping.js';

/** What a caller who is let in is told of a case that is not there. */
const KNOWN = 404;
const CASE = '/v1/cases/individual/none';
const WHOSE = {
  client: 'backend',
  tenant: SANDBOX_TENANT.id,
  scopes: ['onboarding:read'],
} satisfies Partial<ApiKeyEntry>;

describe('a gateway that speaks TLS by itself', { timeout: 600_000, skip: NO_CERTIFICATES }, () => {
  let folder: string;
  let time: TimeSkipping;
  let gateway: Gateway;
  let keysFile: string;
  const file = (name: string) => join(folder, name);
  const admit = (...keys: ApiKeyEntry[]) => writeFile(keysFile, JSON.stringify({ keys }));
  const pem = (name: string) => readFile(file(name));
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gateway-tls-test-'));
    for (const own of ['one', 'two']) await makeCertificates(file(own));
    for (const kind of ['pem', 'key']) await copyFile(file(`one/server.${kind}`), file(`gateway.${kind}`));
    keysFile = file('keys.json');
    await admit();
    time = await startTimeSkipping();
    gateway = await gatewayOf(await time.lane(), {
      host: 'localhost',
      credentials: await apiKeys(keysFile),
      tls: { certFile: file('gateway.pem'), keyFile: file('gateway.key'), lookEveryMs: 50 },
    });
  });
  after(async () => {
    await gateway?.close();
    await time?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Asks as a client with a certificate from one of the folders, or without one. */
  async function ask(certificate?: string, { path = CASE, method = 'GET', by = 'one', token = '' } = {}) {
    const shown = certificate && { cert: await pem(`${certificate}.pem`), key: await pem(`${certificate}.key`) };
    const dispatcher = new Agent({ connect: { ca: await pem(`${by}/ca.pem`), ...shown } });
    try {
      const headers = token ? { authorization: `Bearer ${token}` } : {};
      const answer = await request(gateway.url + path, { dispatcher, method: method as 'GET', headers });
      const { code } = (await answer.body.json()) as { code?: string };
      return { status: answer.statusCode, code, headers: answer.headers };
    } finally {
      await dispatcher.close();
    }
  }

  async function makeCertificateThatIsOver(): Promise<void> {
    const lines = [
      ...[
        '[ca]',
        'default_ca = one',
        '[one]',
        `database = ${file('index.txt')}`,
        `new_certs_dir = ${folder}`,
        `serial = ${file('serial')}`,
      ],
      ...['default_md = sha256', 'policy = names', '[names]', 'commonName = supplied'],
    ];
    await Promise.all([writeFile(file('ca.conf'), lines.join('\n')), writeFile(file('index.txt'), '')]);
    const run = (...args: string[]) => promisify(execFile)('openssl', args, { cwd: folder });
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc', '-keyout', 'over.key'];
    await run('req', '-new', ...key, '-subj', '/CN=over', '-out', 'over.csr');
    const dates = ['-startdate', '20200101000000Z', '-enddate', '20200102000000Z'];
    const signed = ['-batch', '-config', 'ca.conf', '-selfsign', '-rand_serial', '-notext', ...dates];
    await run('ca', ...signed, '-keyfile', 'over.key', '-in', 'over.csr', '-out', 'over.pem');
  }

  test('knows a client by the certificate that the file names, for as long as it does', async () => {
    assert.match(gateway.url, /^https:/);
    const entry = certificateEntry(WHOSE, await readCertificate(file('one/client.pem')));
    assert.equal((await ask('one/client')).status, 401, 'nobody is named');
    await admit(entry);
    assert.equal((await ask('one/client')).status, KNOWN);
    assert.equal((await ask('one/client', { path: `${CASE}/notes`, method: 'POST' })).code, 'Forbidden');
    for (const other of [undefined, 'one/server', 'two/client']) assert.equal((await ask(other)).status, 401, other);
    const openssl = ['x509', '-in', file('one/client.pem'), '-noout', '-fingerprint', '-sha256'];
    const { stdout } = await promisify(execFile)('openssl', openssl);
    await admit({ ...WHOSE, certificateSha256: stdout.trim().split('=')[1]! });
    assert.equal((await ask('one/client')).status, KNOWN, 'as openssl prints it');
    await admit({ ...entry, expiresAt: '2020-01-01T00:00:00Z' });
    assert.equal((await ask('one/client')).status, 401, 'over');
  });

  test('does not take a certificate that is over, nor a token that does not hold beside one that does', async () => {
    await makeCertificateThatIsOver();
    const { key, entry } = makeApiKey({ ...WHOSE, client: 'other' });
    const certificates = await Promise.all(['one/client.pem', 'over.pem'].map((name) => readCertificate(file(name))));
    await admit(entry, ...certificates.map((certificate) => certificateEntry(WHOSE, certificate)));
    assert.equal((await ask('over')).status, 401);
    assert.equal((await ask('one/client', { token: 'garbage' })).status, 401);
    assert.equal((await ask('one/client', { token: key })).status, KNOWN);
    assert.equal((await ask(undefined, { token: key })).status, KNOWN);
  });

  test('is given certificates only, and says which file is none', async () => {
    await assert.rejects(readCertificate(file('one/client.key')), /client\.key: a certificate in PEM is expected/);
    await assert.rejects(readCertificate(file('none.pem')), /none\.pem: no such file/);
  });

  test('is not started with a key of another certificate', () => {
    const env = { GATEWAY_TLS_CERT_FILE: file('one/server.pem'), GATEWAY_TLS_KEY_FILE: file('two/server.key') };
    const { faults } = checkEnvironment('gateway', env);
    assert.match(faults.find(({ variable }) => variable === 'GATEWAY_TLS_CERT_FILE')!.message, /cannot be used with/);
  });

  test('takes a renewed certificate without a restart, and keeps the old one where that cannot be used', async () => {
    const reaches = (by: string) =>
      ask(undefined, { by }).then(
        ({ status }) => status === 401,
        () => false,
      );
    assert.deepEqual([await reaches('one'), await reaches('two')], [true, false]);
    await copyFile(file('two/server.key'), file('gateway.key'));
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(await reaches('one'), true, 'a key of another certificate');
    await copyFile(file('two/server.pem'), file('gateway.pem'));
    await eventually('the renewed one', () => reaches('two'));
  });
});

test('an API keys file names a key or a certificate, and not both', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-tls-test-'));
  const path = join(folder, 'keys.json');
  try {
    const both = { ...makeApiKey(WHOSE).entry, certificateSha256: 'ab'.repeat(32) };
    for (const entry of [WHOSE, both]) {
      await writeFile(path, JSON.stringify({ keys: [entry] }));
      await assert.rejects(apiKeys(path), /either sha256 or certificateSha256/);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});
