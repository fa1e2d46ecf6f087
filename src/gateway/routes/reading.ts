import { createHash } from 'node:crypto';
import { z } from 'zod';
import { textFault } from '../../contract/text.js';
import { audienceOf } from '../../proof/envelope.js';
import { canonicalJson } from '../../lifecycle/canonical.js';
import { OPERATOR_LEVELS } from '../../lifecycle/policy.js';
import { InvalidInput, WAIT_TARGETS, type CurrentStatus } from '../../client/index.js';
import { instanceOf } from '../../client/signing.js';
import { route, type Route } from '../route.js';
import { KINDS, STATUS_WORDS, WAITERS } from '../schemas/status.js';
import { caseParams, idOf } from './ids.js';

const flag = z.enum(['true', 'false']).transform((text) => text === 'true');
const count = (max: number) =>
  z
    .string()
    .regex(/^[1-9]\d{0,6}$/)
    .transform(Number)
    .pipe(z.number().max(max))
    .meta({ type: 'integer' });

/** A text that goes into a query of Temporal's, which no control character may break. */
const searched = (schema: z.ZodString) =>
  schema.superRefine((text, context) => {
    const message = textFault(text);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });

const READ = {
  method: 'GET',
  tag: 'Cases',
  scopes: ['onboarding:read'],
  params: caseParams,
} as const;

/** What cases say of themselves. */
export const READING: readonly Route[] = [
  route({
    ...READ,
    operation: 'getCase',
    path: '/v1/cases/{kind}/{id}',
    summary: 'Where a case stands',
    description:
      'With `If-None-Match` and `Prefer: wait=30` it answers as soon as the case has changed, or 304 after that time.',
    commands: ['starter status'],
    waits: true,
    headers: { 'If-None-Match': 'the ETag of what the caller knows' },
    answers: {
      200: { description: 'the case', schema: 'Status', headers: { ETag: 'names this status' } },
      304: { description: 'it has not changed' },
    },
    async handle({ caller, params, waitSeconds, request, watch }) {
      const id = idOf(caller, params);
      const known = request.headers['if-none-match'];
      const isNew = (status: CurrentStatus): boolean => known === undefined || !matches(known, etagOf(status));
      const status = await watch.until(caller.id, id, isNew, waitSeconds ?? 0, request.raw);
      const headers = { etag: etagOf(status) };
      return isNew(status) ? { status: 200, body: status, headers } : { status: 304, headers };
    },
  }),
  route({
    ...READ,
    operation: 'waitForCase',
    path: '/v1/cases/{kind}/{id}/wait',
    summary: 'Waits until a case gets somewhere',
    description: 'Without `Prefer: wait=…` it looks once. It ends early where the case needs attention first.',
    commands: ['starter wait'],
    query: z.object({ for: z.enum(WAIT_TARGETS) }),
    waits: true,
    answers: { 200: { description: 'how far it has come', schema: 'Waited' } },
    async handle({ caller, params, query, waitSeconds, request, watch }) {
      const id = idOf(caller, params);
      return { status: 200, body: await watch.wait(caller.id, id, query.for, waitSeconds ?? 0, request.raw) };
    },
  }),
  route({
    ...READ,
    operation: 'followCase',
    path: '/v1/cases/{kind}/{id}/events',
    summary: 'Follows a case by server-sent events',
    description:
      'An event `status` with the status now, and one for each change; its id is the ETag. After a break the browser names the last one, and hears at once what has changed meanwhile. The stream ends with the case.',
    commands: ['starter wait'],
    headers: { 'Last-Event-ID': 'the id of the last event that came' },
    answers: { 200: { description: 'the events', schema: 'Status', mediaType: 'text/event-stream' } },
    async handle({ caller, params, request, reply, watch }) {
      const last = request.headers['last-event-id'];
      await watch.follow(caller.id, idOf(caller, params), typeof last === 'string' ? last : undefined, etagOf, {
        request: request.raw,
        raw: reply.raw,
        hijack: () => void reply.hijack(),
      });
      return undefined;
    },
  }),
  route({
    ...READ,
    operation: 'getAudit',
    path: '/v1/cases/{kind}/{id}/audit',
    scopes: ['operate'],
    tag: 'Operators',
    summary: 'Who did what and when, in order',
    commands: ['operator audit'],
    answers: { 200: { description: 'the entries', schema: 'Audit' } },
    async handle({ caller, client, params }) {
      return { status: 200, body: { entries: await client.audit(idOf(caller, params)) } };
    },
  }),
  route({
    ...READ,
    operation: 'reviewCase',
    path: '/v1/cases/{kind}/{id}/review',
    scopes: ['operate'],
    tag: 'Operators',
    summary: 'A case with what a decision needs',
    commands: ['operator show'],
    answers: { 200: { description: 'the case as operators see it', schema: 'Review' } },
    async handle({ caller, client, params, environment }) {
      const workflowId = idOf(caller, params);
      const [view, instance] = await Promise.all([
        client.caseView(workflowId),
        instanceOf(client.temporal, workflowId),
      ]);
      const audience = audienceOf(environment, client.temporal.options.namespace);
      return { status: 200, body: { ...view, signing: { audience, workflowId, instance } } };
    },
  }),
  route({
    operation: 'listCases',
    method: 'GET',
    path: '/v1/cases',
    tag: 'Cases',
    scopes: ['onboarding:read', 'operate'],
    summary: "The tenant's cases, the most urgent first",
    description: "From Temporal's visibility, which may lag some seconds behind: what counts is what the case says.",
    commands: ['operator queue', 'operator find'],
    query: z.object({
      kind: z.enum(KINDS).optional(),
      status: z.enum(STATUS_WORDS).optional(),
      phase: searched(z.string().max(100)).optional(),
      needsAttention: flag.optional(),
      level: z.enum(OPERATOR_LEVELS).optional().describe('of the decision that it waits for'),
      forOperators: flag.optional().describe('only those that wait for an operator'),
      overdue: flag.optional(),
      waitingFor: z.enum(WAITERS).optional(),
      waitingLongerThan: count(31_536_000).optional().describe('seconds'),
      assignee: searched(z.string().max(200)).optional(),
      unassigned: flag.optional(),
      search: searched(z.string().trim().min(3).max(200))
        .optional()
        .describe('an e-mail, phone, whole name or registration number of anybody in it, or an id of FinHub’s'),
      closed: flag.optional().describe('ended ones as well'),
      limit: count(500).optional().describe('100 by default'),
      cursor: z.string().max(600).optional().describe('`next` of the page before, with the same filter'),
    }),
    answers: { 200: { description: 'a page of them', schema: 'CaseList' } },
    async handle({ caller, client, query: { level, search, closed, cursor, limit = 100, ...rest } }) {
      const filter = {
        ...rest,
        tenantId: caller.tenant,
        reviewLevel: level,
        withClosed: closed,
        limit,
        after: cursor === undefined ? undefined : opened(cursor),
      };
      const found = search === undefined ? client.queue(filter) : client.find(search, filter);
      const { cases, total, exact, next } = await found;
      return { status: 200, body: { cases, total, exact, next: next === undefined ? null : closedUp(next) } };
    },
  }),
];

function etagOf(status: CurrentStatus): string {
  return `"${createHash('sha256').update(canonicalJson(status)).digest('base64url').slice(0, 22)}"`;
}

function matches(known: string, etag: string): boolean {
  return known.split(',').some((one) => one.trim().replace(/^W\//, '') === etag);
}

/** A cursor is nobody's to read. */
function closedUp(key: string): string {
  return Buffer.from(key).toString('base64url');
}

function opened(cursor: string): string {
  const key = Buffer.from(cursor, 'base64url').toString('utf8');
  if (!/^\d\|/.test(key)) {
    throw new InvalidInput('the query', [{ path: 'cursor', message: '`next` of an earlier page is expected' }]);
  }
  return key;
}
