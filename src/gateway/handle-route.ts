import { createHash, randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ZodType } from 'zod';
import { InvalidInput, type OnboardingClient } from '../client/index.js';
import { faultsOf } from '../intake/faults.js';
import { canonicalJson } from '../lifecycle/canonical.js';
import { fingerprint } from '../secrets/seal.js';
import type { Caller } from './caller.js';
import { LONGEST_WAIT } from './openapi.js';
import type { GatewayOptions } from './options.js';
import { Refused } from './problem.js';
import type { BodyForm, Call, Route } from './route.js';
import type { Watch } from './watch.js';

export async function handled(
  route: Route,
  { client, environment }: GatewayOptions,
  watch: Watch,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const caller = request.caller!;
  const params = paramsOf(route, request);
  const query = checked('the query', route.query?.strict(), request.query);
  const key = keyOf(route, request);
  const sent = route.body?.mayBeMissing ? (request.body ?? {}) : request.body;
  const body = route.body && bodyOf(route.body, sent);
  const wait = route.waits ? waitOf(request) : undefined;
  const call: Call<unknown, unknown, unknown> = {
    ...{ caller, params, query, body, watch, environment, request, reply },
    client: client.speakingFor(caller.id),
    waitSeconds: wait,
    messageId: (content) => messageId(client, caller, key, [route.operation, content]),
  };
  const answer = await route.handle(call as Call<never, never, never>);
  if (!answer) return reply;
  if (wait !== undefined) void reply.header('preference-applied', `wait=${wait}`);
  return reply
    .status(answer.status)
    .headers({ 'cache-control': 'no-store', ...answer.headers })
    .send(answer.body);
}

function paramsOf({ params, method }: Route, request: FastifyRequest): unknown {
  const parsed = params?.safeParse(request.params);
  if (!parsed || parsed.success) return parsed?.data;
  if (method === 'PUT') throw new InvalidInput('the address', faultsOf(parsed.error));
  throw new Refused('CaseNotFound');
}

/** What is no object, the client library could not even look into. */
function bodyOf({ checked: schema }: BodyForm, sent: unknown): unknown {
  if (schema) return checked('the body', schema, sent);
  if (typeof sent === 'object' && sent !== null && !Array.isArray(sent)) return sent;
  throw new InvalidInput('the body', [{ path: '(all of it)', message: 'an object is expected' }]);
}

function checked(what: string, schema: ZodType | undefined, value: unknown): unknown {
  const parsed = schema?.safeParse(value);
  if (!parsed) return undefined;
  if (!parsed.success) throw new InvalidInput(what, faultsOf(parsed.error));
  return parsed.data;
}

function keyOf({ once }: Route, { headers }: FastifyRequest): string | undefined {
  if (!once) return undefined;
  const key = headers['idempotency-key'];
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,200}$/.test(key)) throw new Refused('IdempotencyKeyMissing');
  return key;
}

/** The key names the message, what it says marks it: see `AnsweredMessage`. Secrets get another seal each time, so the plain content counts. */
function messageId(
  { keys }: OnboardingClient,
  { tenant, id }: Caller,
  key: string | undefined,
  content: unknown,
): string {
  const name = createHash('sha256')
    .update(JSON.stringify([tenant, id, key ?? randomUUID()]))
    .digest('hex');
  return `${name.slice(0, 32)}.${fingerprint(keys, canonicalJson(content)).slice(0, 16)}`;
}

/** Seconds that the caller would wait, as far as they are granted. */
function waitOf({ headers }: FastifyRequest): number | undefined {
  const [, seconds] = /(?:^|[,; ])wait=(\d{1,4})/.exec(String(headers['prefer'] ?? '')) ?? [];
  return seconds === undefined ? undefined : Math.min(Number(seconds), LONGEST_WAIT);
}
