import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { describe, it, test } from 'node:test';
import type { Payload, SerializationContext } from '@temporalio/common';
import fc from 'fast-check';
import { pino } from 'pino';
import { fetch } from 'undici';
import { startCodecServer } from '../src/codec/server.js';
import { parseKeyRing, type KeyRing } from '../src/secrets/key-ring.js';
import { seal } from '../src/secrets/seal.js';
import { eventually } from './helpers/eventually.js';
import { KeyMissing } from '../src/secrets/box.js';
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

const HERE = { type: 'workflow', namespace: 'default', workflowId: 'individual/t/a' } as const;
const write = async (payload: Payload, at: SerializationContext = HERE, keys = RING): Promise<Payload> =>
  (await codec(keys).encode([payload], at))[0]!;
const read = async (payload: Payload, at: SerializationContext = HERE, by = codec()): Promise<unknown> =>
  JSON.parse(textOf((await by.decode([payload], at))[0]!));
const unreadable = (value: unknown): boolean => (value as { slot?: string } | null)?.slot === 'unreadable';

describe('payload encryption', () => {
  it('gives back any payload, and shows nothing of it meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 12, maxLength: 500 }), fc.string(), async (data, encoding) => {
        const encrypted = await write({ metadata: { encoding: Buffer.from(encoding) }, data });
        assert.ok(isEncrypted(encrypted));
        assert.ok(!Buffer.from(encrypted.data!).includes(Buffer.from(data)));
        const [decrypted] = await codec().decode([encrypted], HERE);
        assert.deepEqual(Buffer.from(decrypted!.data!), Buffer.from(data));
        assert.equal(Buffer.from(decrypted!.metadata!['encoding']!).toString(), encoding);
      }),
    );
  });

  it('opens with older keys of the ring; what nobody knows of is unreadable, and a key that is missing here is waited for', async () => {
    const old = await write(json('secret'));
    assert.equal(await read(old, HERE, codec(ring('k2', { k1: key(1), k2: key(2) }))), 'secret');
    assert.ok(unreadable(await read(old, HERE, codec(ring('k2', { k2: key(2) })))));
    assert.ok(unreadable(await read(old, HERE, codec(ring('k1', { k1: key(9) })))));
    const retired = parseKeyRing(JSON.stringify({ current: 'k2', retired: ['k1'], keys: { k2: key(2) } }));
    await assert.rejects(codec(retired).decode([old], HERE), KeyMissing);
  });

  it('is bound to namespace, workflow, activity and key id, and notices every changed bit', async () => {
    const encrypted = await write(json('secret'));
    assert.ok(unreadable(await read(encrypted, HERE, codec(RING, 'other'))));
    assert.ok(unreadable(await read(encrypted, { ...HERE, workflowId: 'individual/t/b' })));
    const activity = (activityId: string) =>
      ({ ...HERE, type: 'activity', activityId, isLocal: false }) as const satisfies SerializationContext;
    assert.ok(unreadable(await read(encrypted, activity('a:1'))));
    const ofActivity = await write(json('secret'), activity('a:1'));
    assert.equal(await read(ofActivity, activity('a:1')), 'secret');
    assert.ok(unreadable(await read(ofActivity, activity('a:2'))));
    assert.ok(unreadable(await read(ofActivity)));
    const two = ring('k1', { k1: key(1), k2: key(1) });
    const renamed = { ...encrypted, metadata: { ...encrypted.metadata, 'key-id': Buffer.from('k2') } };
    assert.ok(unreadable(await read(renamed, HERE, codec(two))));
    const moved = { ...encrypted, metadata: { ...encrypted.metadata, place: Buffer.from('["individual/t/b",null]') } };
    assert.ok(unreadable(await read(moved, { ...HERE, workflowId: 'individual/t/b' })));
    for (let index = 0; index < encrypted.data!.length; index += 1) {
      const data = Buffer.from(encrypted.data!);
      data[index]! ^= 1;
      assert.ok(unreadable(await read({ ...encrypted, data })));
    }
  });

  it('never throws for what anybody may send', async () => {
    const bytes = fc.uint8Array({ maxLength: 60 });
    const payload = fc.record({
      metadata: fc.dictionary(fc.constantFrom('encoding', 'key-id', 'place', 'x'), bytes),
      data: bytes,
    });
    await fc.assert(
      fc.asyncProperty(payload, async (sent) => void (await read(sent))),
      { numRuns: 500 },
    );
  });

  it('takes plain payloads, marked as such, unless it is told not to, and tells of what it cannot read', async () => {
    assert.deepEqual(await read(json('plain')), { slot: 'plain', body: 'plain' });
    const told: string[] = [];
    const strict = new EncryptingCodec({
      keys: RING,
      namespace: 'default',
      encryptedOnly: true,
      onUndecodable: ({ message }, workflowId) => told.push(`${workflowId}: ${message}`),
    });
    assert.ok(unreadable(await read(json('plain'), HERE, strict)));
    assert.deepEqual(told, ['individual/t/a: a payload cannot be read: nobody encrypted it']);
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
    const encrypted = await write(json({ name: 'Rūta', password: sealed }));
    const wire = {
      payloads: [
        {
          metadata: Object.fromEntries(
            Object.entries(encrypted.metadata!).map(([name, value]) => [name, Buffer.from(value).toString('base64')]),
          ),
          data: Buffer.from(encrypted.data!).toString('base64'),
        },
      ],
    };
    const plain = { payloads: [{ metadata: {}, data: Buffer.from('{"by":"op-1"}').toString('base64') }] };
    const post = (path: string, token?: string, body: unknown = wire, origin?: string, workflowId?: string) =>
      fetch(`${server.url}${path}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-namespace': 'default',
          ...(token ? { authorization: `Bearer ${token}` } : {}),
          ...(origin ? { origin } : {}),
          ...(workflowId ? { 'x-workflow-id': workflowId } : {}),
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
    assert.equal((await post('/encode', 'w'.repeat(24), plain)).status, 400, 'for no workflow');
    const encoded = await post('/encode', 'w'.repeat(24), plain, undefined, 'individual/t/a');
    const [byHand] = ((await encoded.json()) as typeof wire).payloads;
    const wired = {
      metadata: Object.fromEntries(
        Object.entries(byHand!.metadata).map(([name, value]) => [name, Buffer.from(value, 'base64')]),
      ),
      data: Buffer.from(byHand!.data, 'base64'),
    };
    assert.deepEqual(await read(wired), { slot: 'byHand', body: { by: 'op-1' } });
    assert.equal((await post('/decode', 'r'.repeat(24), { payloads: 'x' })).status, 400);
    assert.equal(
      (await post('/decode', 'r'.repeat(24), wire, uiOrigin)).headers.get('access-control-allow-origin'),
      uiOrigin,
    );
    assert.notEqual(
      (await post('/decode', 'r'.repeat(24), wire, 'http://evil.example')).headers.get('access-control-allow-origin'),
      'http://evil.example',
    );

    assert.equal(lines.length, 10, 'a line for each request');
    const bare = { 'content-type': 'application/json', authorization: `Bearer ${'r'.repeat(24)}` };
    const raw = async (path: string, body: string, headers: Record<string, string> = bare) =>
      (await fetch(`${server.url}${path}`, { method: 'POST', headers, body })).status;
    assert.equal(await raw('/decode', '{"payloads": ['), 400);
    assert.equal(await raw('/nowhere', '{}'), 404);
    assert.equal(await raw('/decode', JSON.stringify({ payloads: [], more: 'x'.repeat(17 * 1024 * 1024) })), 413);
    assert.equal(await raw('/decode', 'x', { ...bare, 'content-type': 'text/xml' }), 415);
    assert.equal(lines.length, 14, 'those that are refused early, too');
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
  const sockets: Socket[] = [];
  /** Says how much it is going to send, sends little of it, and resolves to the answer's status, 0 where none comes. */
  const begin = (bearer: string) =>
    new Promise<number>((resolve, reject) => {
      const socket = connect(Number(port), hostname, () =>
        socket.write(
          `POST /decode HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${bearer}\r\n` +
            'content-type: application/json\r\ncontent-length: 16000000\r\n\r\n{"payloads": [',
        ),
      );
      sockets.push(socket);
      socket.on('error', reject);
      const held = setTimeout(() => resolve(0), 500);
      socket.once('data', (data) => {
        clearTimeout(held);
        resolve(Number(/^HTTP\/1.1 (\d+)/.exec(data.toString())![1]));
      });
    });
  try {
    const strangers = await Promise.all(Array.from({ length: 60 }, () => begin('x'.repeat(24))));
    assert.ok(
      strangers.every((status) => status === 401),
      'answered before the body has come',
    );
    const known = await Promise.all(Array.from({ length: 12 }, () => begin(token)));
    const answered = (status: number) => known.filter((one) => one === status).length;
    assert.deepEqual([answered(0), answered(503)], [8, 4]);
    for (const socket of sockets) socket.destroy();
    const ask = () =>
      fetch(`${server.url}/decode`, {
        ...{ method: 'POST', body: '{"payloads":[]}' },
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      });
    await eventually('room for others again', async () => (await ask()).status === 200, 10);
  } finally {
    for (const socket of sockets) socket.destroy();
    await server.close();
  }
});
