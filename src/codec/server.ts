import type { AddressInfo } from 'node:net';
import cors from '@fastify/cors';
import type { Payload } from '@temporalio/common';
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { z } from 'zod';
import { KeyMissing } from '../secrets/box.js';
import type { KeyRing } from '../secrets/key-ring.js';
import { hideSealed } from '../secrets/seal.js';
import { decrypt, encrypt, isEncrypted, placeByHand, UndecodablePayload } from '../temporal/payload-codec.js';
import { findToken, type CodecRole, type CodecToken } from './tokens.js';

export interface CodecServerOptions {
  keys: KeyRing;
  tokens: readonly CodecToken[];
  /** The only web page that may call us: Temporal's UI. */
  uiOrigin: string | undefined;
  host: string;
  /** 0 takes a free port. */
  port: number;
  /** Logs one line for each request: who, what, how many payloads, the outcome; never their content. */
  audit: Logger;
}

export interface CodecServer {
  url: string;
  close(): Promise<void>;
}

/** Payloads from Temporal's UI and CLI, in protobuf's JSON form. */
const Body = z.object({
  payloads: z.array(z.object({ metadata: z.record(z.string(), z.base64()).optional(), data: z.base64().optional() })),
});
type Wire = z.infer<typeof Body>['payloads'][number];

const MAX_BODY = 16 * 1024 * 1024;

/** The most authenticated requests at a time; limits the bodies in memory. */
const MAX_AT_WORK = 8;

/** The most connections at a time. */
const MAX_CONNECTIONS = 256;

/** A body that takes longer to arrive is given up. */
const BODY_MS = 30_000;

/**
 * Lets holders of a token read encrypted data from Temporal. Sealed secrets stay sealed: they are shown as `[sealed]`. Tokens are sent as
 * `Authorization: Bearer …`, or as `/t/TOKEN/` before the path by Temporal's UI, which cannot send our headers.
 */
export async function startCodecServer({
  keys,
  tokens,
  uiOrigin,
  host,
  port,
  audit,
}: CodecServerOptions): Promise<CodecServer> {
  const server = fastify({ bodyLimit: MAX_BODY, logger: false, requestTimeout: BODY_MS });
  server.server.maxConnections = MAX_CONNECTIONS;
  let atWork = 0;
  await server.register(cors, {
    origin: uiOrigin ?? false,
    methods: ['POST'],
    allowedHeaders: ['content-type', 'authorization', 'x-namespace', 'x-workflow-id'],
  });

  /** Logs a request in one line, whatever its outcome. */
  const log = (request: FastifyRequest, status: number, outcome: string, payloads?: number): void => {
    const line = { ...about(request, tokens), ...(payloads !== undefined && { payloads }), outcome };
    if (status === 200) audit.info(line, 'codec request');
    else audit.warn(line, 'codec request');
  };
  const refuse = (request: FastifyRequest, reply: FastifyReply, status: number, outcome: string): FastifyReply => {
    log(request, status, outcome);
    // Close the connection, because nobody will read the rest of the body.
    if (status !== 200) void reply.header('connection', 'close');
    return reply.status(status).send({ message: outcome });
  };

  /** Runs before the body is read, so that a request without a token costs no memory. */
  const admit = (needed: CodecRole) => async (request: FastifyRequest, reply: FastifyReply) => {
    const token = findToken(tokens, presented(request));
    if (!token) return refuse(request, reply, 401, 'no such token');
    if (needed === 'write' && token.role !== 'write') {
      return refuse(request, reply, 403, 'the token does not allow this');
    }
    if (atWork >= MAX_AT_WORK) {
      void reply.header('retry-after', '1');
      return refuse(request, reply, 503, 'too many requests at a time');
    }
    atWork += 1;
    reply.raw.once('close', () => (atWork -= 1));
    return undefined;
  };

  const handle = (needed: CodecRole) => async (request: FastifyRequest, reply: FastifyReply) => {
    const body = Body.safeParse(request.body);
    if (!body.success) return refuse(request, reply, 400, 'expected payloads');
    const workflowId = request.headers['x-workflow-id'];
    if (needed === 'write' && (typeof workflowId !== 'string' || workflowId === '')) {
      const what = "name the workflow that it is for: --codec-header 'X-Workflow-Id=…'";
      return refuse(request, reply, 400, what);
    }
    const codec = { keys, namespace: namespaceOf(request) };
    const payloads = body.data.payloads.map(fromWire);
    try {
      const coded =
        needed === 'read'
          ? payloads.map((payload) => withoutSecrets(readable(codec, payload)))
          : payloads.map((payload) => encrypt(codec, placeByHand(payload), { workflowId: workflowId as string }));
      log(request, 200, 'done', payloads.length);
      return await reply.send({ payloads: coded.map(toWire) });
    } catch (error) {
      if (error instanceof UndecodablePayload || error instanceof KeyMissing) {
        return refuse(request, reply, 422, error.message);
      }
      if (error instanceof SyntaxError) return refuse(request, reply, 422, 'expected JSON');
      throw error;
    }
  };
  server.setNotFoundHandler((request, reply) => refuse(request, reply, 404, 'nothing exists at this path'));
  server.setErrorHandler((error: { statusCode?: number }, request, reply) => {
    const status = error.statusCode ?? 500;
    return refuse(request, reply, status, REFUSALS[status] ?? (status < 500 ? 'the body cannot be read' : 'failed'));
  });
  server.get('/healthz', (_, reply) => reply.send({}));
  for (const prefix of ['', '/t/:token']) {
    server.post(`${prefix}/decode`, { onRequest: admit('read') }, handle('read'));
    server.post(`${prefix}/encode`, { onRequest: admit('write') }, handle('write'));
  }
  await server.listen({ host, port });
  const { port: taken } = server.server.address() as AddressInfo;
  return { url: `http://${host}:${taken}`, close: () => server.close() };
}

/** Opens a payload at the place that it names; only workers check that place. */
function readable(codec: { keys: KeyRing; namespace: string }, payload: Payload): Payload {
  if (!isEncrypted(payload)) return payload;
  const opened = decrypt(codec, payload);
  if (typeof opened === 'string') throw new UndecodablePayload(`an encrypted payload does not open: ${opened}`);
  return opened.payload;
}

const REFUSALS: Record<number, string> = {
  413: `the body is larger than ${MAX_BODY / 1024 / 1024} MB`,
  415: 'expected JSON',
};

/** The loggable parts of a request; its path may contain a token. */
function about(request: FastifyRequest, tokens: readonly CodecToken[]): Record<string, string | null> {
  const [, operation] = /\/(decode|encode)$/.exec(request.routeOptions.url ?? '') ?? [];
  const bearer = findToken(tokens, presented(request))?.name ?? null;
  return { operation: operation ?? null, namespace: namespaceOf(request), bearer };
}

function namespaceOf(request: FastifyRequest): string {
  return String(request.headers['x-namespace'] ?? 'default');
}

function presented(request: FastifyRequest): string {
  const { token } = (request.params ?? {}) as { token?: string };
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

/** Removes sealed texts: a viewer cannot use them, and nobody should get used to copying them. */
function withoutSecrets(payload: Payload): Payload {
  const text = Buffer.from(payload.data ?? []).toString('utf8');
  const shown = hideSealed(text);
  return shown === text ? payload : { ...payload, data: Buffer.from(shown) };
}
