import type { AddressInfo } from 'node:net';
import cors from '@fastify/cors';
import type { Payload } from '@temporalio/common';
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { KeyRing } from '../secrets/key-ring.js';
import { hideSealed } from '../secrets/seal.js';
import {
  decrypt,
  encrypt,
  isEncrypted,
  KeyMissing,
  placeByHand,
  UndecodablePayload,
} from '../temporal/payload-codec.js';
import { findToken, type CodecRole, type CodecToken } from './tokens.js';

export interface CodecServerOptions {
  keys: KeyRing;
  tokens: readonly CodecToken[];
  /** The only web page that may call: Temporal's UI. */
  uiOrigin: string | undefined;
  host: string;
  /** 0 takes a free one. */
  port: number;
  /** Gets a line for each request: who, what, how many, with which outcome; never what was in it. */
  audit: Logger;
}

export interface CodecServer {
  url: string;
  close(): Promise<void>;
}

/** Payloads as Temporal's UI and CLI send them: Payloads of Temporal's API in protobuf's JSON form. */
const Body = z.object({
  payloads: z.array(z.object({ metadata: z.record(z.string(), z.base64()).optional(), data: z.base64().optional() })),
});
type Wire = z.infer<typeof Body>['payloads'][number];

const MAX_BODY = 16 * 1024 * 1024;

/**
 * Lets who has a token read what is encrypted in Temporal. Secrets that were sealed apart stay sealed: they are shown as `[sealed]`.
 * Tokens come as `Authorization: Bearer …`, or as `/t/TOKEN/` before the path for Temporal's UI, which can send no header of ours.
 */
export async function startCodecServer({
  keys,
  tokens,
  uiOrigin,
  host,
  port,
  audit,
}: CodecServerOptions): Promise<CodecServer> {
  const server = fastify({ bodyLimit: MAX_BODY, logger: false });
  await server.register(cors, {
    origin: uiOrigin ?? false,
    methods: ['POST'],
    allowedHeaders: ['content-type', 'authorization', 'x-namespace', 'x-workflow-id'],
  });

  const handle = (needed: CodecRole) => async (request: FastifyRequest, reply: FastifyReply) => {
    const namespace = String(request.headers['x-namespace'] ?? 'default');
    const token = findToken(tokens, presented(request));
    const line = { operation: needed === 'read' ? 'decode' : 'encode', namespace, bearer: token?.name ?? null };
    const refuse = (status: number, outcome: string): FastifyReply => {
      audit.warn({ ...line, outcome }, 'codec request');
      return reply.status(status).send({ message: outcome });
    };
    if (!token) return refuse(401, 'no such token');
    if (needed === 'write' && token.role !== 'write') return refuse(403, 'the token does not allow this');
    const body = Body.safeParse(request.body);
    if (!body.success) return refuse(400, 'payloads are expected');
    const workflowId = request.headers['x-workflow-id'];
    if (needed === 'write' && (typeof workflowId !== 'string' || workflowId === ''))
      return refuse(400, "the workflow that it is for is expected: --codec-header 'X-Workflow-Id=…'");
    const codec = { keys, namespace };
    const payloads = body.data.payloads.map(fromWire);
    try {
      const coded =
        needed === 'read'
          ? payloads.map((payload) => withoutSecrets(readable(codec, payload)))
          : payloads.map((payload) => encrypt(codec, placeByHand(payload), { workflowId: workflowId as string }));
      audit.info({ ...line, payloads: payloads.length, outcome: 'done' }, 'codec request');
      return await reply.send({ payloads: coded.map(toWire) });
    } catch (error) {
      if (error instanceof UndecodablePayload || error instanceof KeyMissing) return refuse(422, error.message);
      if (error instanceof SyntaxError) return refuse(422, 'JSON is expected');
      throw error;
    }
  };
  server.get('/healthz', (_, reply) => reply.send({}));
  for (const prefix of ['', '/t/:token']) {
    server.post(`${prefix}/decode`, handle('read'));
    server.post(`${prefix}/encode`, handle('write'));
  }
  await server.listen({ host, port });
  const { port: taken } = server.server.address() as AddressInfo;
  return { url: `http://${host}:${taken}`, close: () => server.close() };
}

/** A payload by the place that it names itself; whether it belongs there is for workers to say. */
function readable(codec: { keys: KeyRing; namespace: string }, payload: Payload): Payload {
  if (!isEncrypted(payload)) return payload;
  const opened = decrypt(codec, payload);
  if (typeof opened === 'string') throw new UndecodablePayload(`an encrypted payload does not open: ${opened}`);
  return opened.payload;
}

function presented(request: FastifyRequest): string {
  const { token } = request.params as { token?: string };
  return token ?? /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
}

function fromWire({ metadata = {}, data = '' }: Wire): Payload {
  const entries = Object.entries(metadata).map(([name, value]) => [name, Buffer.from(value, 'base64')] as const);
  return { metadata: Object.fromEntries(entries), data: Buffer.from(data, 'base64') };
}

function toWire({ metadata, data }: Payload): Wire {
  const entries = Object.entries(metadata ?? {}).map(
    ([name, value]) => [name, Buffer.from(value).toString('base64')] as const,
  );
  return { metadata: Object.fromEntries(entries), data: Buffer.from(data ?? []).toString('base64') };
}

/** Sealed texts are of no use to a viewer, and nobody should get used to copying them. */
function withoutSecrets(payload: Payload): Payload {
  const text = Buffer.from(payload.data ?? []).toString('utf8');
  const shown = hideSealed(text);
  return shown === text ? payload : { ...payload, data: Buffer.from(shown) };
}
