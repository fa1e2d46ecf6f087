import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { describe, it, test } from 'node:test';
import fc from 'fast-check';
import { pino } from 'pino';
import { fetch } from 'undici';
import { startCodecServer } from '../src/codec/server.js';
import { parseKeyRing, type KeyRing } from '../src/secrets/key-ring.js';
import { seal } from '../src/secrets/seal.js';
import { eventually } from './helpers/eventually.js';
import { EncryptingCodec, isEncrypted } from '../src/temporal/payload-codec.js';

const key = (fill: number): string => Buffer.alloc(32, fill).toString('base64');
const ring = (current: string, keys: Record<string, string>): KeyRing =>
  parseKeyRing(JSON.stringify({ current, fingerprint: Object.keys(keys)[0], keys }));

const RING = ring('k1', { k1: key(1) });
const codec = (keys: KeyRing = RING, namespace = 'default'): EncryptingCodec =>
  new EncryptingCodec({ keys, namespace });
const json = (value: unknown) => ({
  metadata: { encoding: Buffer.from('json/plain') },
  data: Buffer.from(JSON.stringify(value)),
});
const textOf = (payload: { data?: Uint8Array | null }): string => Buffer.from(payload.data ?? []).toString();

describe('payload encryption', () => {
  it('gives back any payload, and shows nothing of it meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 12, maxLength: 500 }), fc.string(), async (data, encoding) => {
        const payload = { metadata: { encoding: Buffer.from(encoding) }, data };
        const [encrypted] = await codec().encode([payload]);
        assert.ok(isEncrypted(encrypted!));
        assert.ok(!Buffer.from(encrypted!.data!).includes(Buffer.from(data)));
        const [decrypted] = await codec().decode([encrypted!]);
        assert.deepEqual(Buffer.from(decrypted!.data!), Buffer.from(data));
        assert.equal(Buffer.from(decrypted!.metadata!['encoding']!).toString(), encoding);
      }),
    );
  });

  it('opens with older keys of the ring, and with no others', async () => {
    const [old] = await codec().encode([json('secret')]);
    assert.equal(textOf((await codec(ring('k2', { k1: key(1), k2: key(2) })).decode([old!]))[0]!), '"secret"');
    await assert.rejects(codec(ring('k2', { k2: key(2) })).decode([old!]), /holds no key "k1"/);
    await assert.rejects(codec(ring('k1', { k1: key(9) })).decode([old!]), /does not open/);
  });

  it('is bound to namespace and key id, and notices every changed bit', async () => {
    const [encrypted] = await codec().encode([json('secret')]);
    await assert.rejects(codec(RING, 'other').decode([encrypted!]), /does not open/);
    const two = ring('k1', { k1: key(1), k2: key(1) });
    const renamed = { ...encrypted!, metadata: { ...encrypted!.metadata, 'key-id': Buffer.from('k2') } };
    await assert.rejects(codec(two).decode([renamed]), /does not open/);
    for (let index = 0; index < encrypted!.data!.length; index += 1) {
      const data = Buffer.from(encrypted!.data!);
      data[index]! ^= 1;
      await assert.rejects(codec().decode([{ ...encrypted!, data }]), /does not open/);
    }
  });

  it('lets plain payloads in, unless it is told not to, and tells of what it cannot read', async () => {
    assert.equal(textOf((await codec().decode([json('plain')]))[0]!), '"plain"');
    const told: string[] = [];
    const strict = new EncryptingCodec({
      keys: RING,
      namespace: 'default',
      encryptedOnly: true,
      onUndecodable: ({ message }) => told.push(message),
    });
    await assert.rejects(strict.decode([json('plain')]), /not encrypted/);
    assert.equal(told.length, 1);
  });
});

test('the codec server decodes for a right token, for the UI alone, and keeps sealed secrets', async () => {
  const lines: Record<string, unknown>[] = [];
  const audit = pino(
    { level: 'info' },
    { write: (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const tokens = [
    { name: 'ana', role: 'read', token: 'r'.repeat(24) },
    { name: 'cli', role: 'write', token: 'w'.repeat(24) },
  ] as const;
  const uiOrigin = 'http://ui.example';
  const server = await startCodecServer({ keys: RING, tokens, uiOrigin, host: '127.0.0.1', port: 0, audit });
  try {
    const sealed = seal(RING, 'hunter2');
    const [encrypted] = await codec().encode([json({ name: 'Rūta', password: sealed })]);
    const wire = {
      payloads: [
        {
          metadata: Object.fromEntries(
            Object.entries(encrypted!.metadata!).map(([name, value]) => [name, Buffer.from(value).toString('base64')]),
          ),
          data: Buffer.from(encrypted!.data!).toString('base64'),
        },
      ],
    };
    const post = (path: string, token?: string, body: unknown = wire, origin?: string) =>
      fetch(`${server.url}${path}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-namespace': 'default',
          ...(token ? { authorization: `Bearer ${token}` } : {}),
          ...(origin ? { origin } : {}),
        },
        body: JSON.stringify(body),
      });
    const decoded = await post('/decode', 'r'.repeat(24));
    const { payloads } = (await decoded.json()) as { payloads: { data: string }[] };
    assert.deepEqual(JSON.parse(Buffer.from(payloads[0]!.data, 'base64').toString()), {
      name: 'Rūta',
      password: '[sealed]',
    });

    assert.equal((await post(`/t/${'r'.repeat(24)}/decode`)).status, 200);
    assert.equal((await post('/decode')).status, 401);
    assert.equal((await post('/decode', 'x'.repeat(24))).status, 401);
    assert.equal((await post('/encode', 'r'.repeat(24))).status, 403);
    assert.equal((await post('/encode', 'w'.repeat(24))).status, 200);
    assert.equal((await post('/decode', 'r'.repeat(24), { payloads: 'x' })).status, 400);
    assert.equal(
      (await post('/decode', 'r'.repeat(24), wire, uiOrigin)).headers.get('access-control-allow-origin'),
      uiOrigin,
    );
    assert.notEqual(
      (await post('/decode', 'r'.repeat(24), wire, 'http://evil.example')).headers.get('access-control-allow-origin'),
      'http://evil.example',
    );

    assert.equal(lines.length, 9, 'a line for each request');
    const plain = { 'content-type': 'application/json', authorization: `Bearer ${'r'.repeat(24)}` };
    const raw = async (path: string, body: string, headers: Record<string, string> = plain) =>
      (await fetch(`${server.url}${path}`, { method: 'POST', headers, body })).status;
    assert.equal(await raw('/decode', '{"payloads": ['), 400);
    assert.equal(await raw('/nowhere', '{}'), 404);
    assert.equal(await raw('/decode', JSON.stringify({ payloads: [], more: 'x'.repeat(17 * 1024 * 1024) })), 413);
    assert.equal(await raw('/decode', 'x', { ...plain, 'content-type': 'text/xml' }), 415);
    assert.equal(lines.length, 13, 'those that are refused early, too');
    assert.deepEqual(lines.map(({ bearer }) => bearer).slice(0, 5), ['ana', 'ana', null, null, 'ana']);
    assert.ok(!JSON.stringify(lines).includes('Rūta') && !JSON.stringify(lines).includes('rrrr'));
  } finally {
    await server.close();
  }
});

test('who has no token costs the codec server no memory, however much they send; bodies at work are bounded', async () => {
  const lines: Record<string, unknown>[] = [];
  const audit = pino({}, { write: (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>) });
  const token = 'r'.repeat(24);
  const tokens = [{ name: 'ana', role: 'read', token }] as const;
  const server = await startCodecServer({ keys: RING, tokens, uiOrigin: undefined, host: '127.0.0.1', port: 0, audit });
  const { port, hostname } = new URL(server.url);
  /** Says how much it is going to send, sends little of it, and waits for the answer. */
  const begin = (bearer: string) =>
    new Promise<{ status: number; end: () => void }>((resolve, reject) => {
      const socket = connect(Number(port), hostname, () =>
        socket.write(
          `POST /decode HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${bearer}\r\n` +
            'content-type: application/json\r\ncontent-length: 16000000\r\n\r\n{"payloads": [',
        ),
      );
      socket.on('error', reject);
      const held = setTimeout(() => resolve({ status: 0, end: () => socket.destroy() }), 500);
      socket.once('data', (data) => {
        clearTimeout(held);
        resolve({ status: Number(/^HTTP\/1.1 (\d+)/.exec(data.toString())![1]), end: () => socket.destroy() });
      });
    });
  try {
    const strangers = await Promise.all(Array.from({ length: 60 }, () => begin('x'.repeat(24))));
    assert.ok(
      strangers.every(({ status }) => status === 401),
      'answered before the body has come',
    );
    const known = await Promise.all(Array.from({ length: 12 }, () => begin(token)));
    const waiting = known.filter(({ status }) => status === 0).length;
    assert.deepEqual([waiting, known.filter(({ status }) => status === 503).length], [8, 4]);
    for (const { end } of [...strangers, ...known]) end();
    const ask = () =>
      fetch(`${server.url}/decode`, {
        ...{ method: 'POST', body: '{"payloads":[]}' },
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      });
    await eventually('room for others again', async () => (await ask()).status === 200, 10);
  } finally {
    await server.close();
  }
});
