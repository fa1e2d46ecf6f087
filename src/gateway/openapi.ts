import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { CODES } from '../client/codes.js';
import { PROJECT_FOLDER, VERSION } from '../config/project-folder.js';
import { SCOPES } from './caller.js';
import { components, jsonSchema, type JsonSchema } from './components.js';
import type { AnswerForm, BodyForm, Route } from './route.js';
import { ROUTES } from './routes/index.js';
import { WEBHOOK_OPERATION, WEBHOOK_SIGNATURE } from './webhook-operation.js';

const REF = '#/components/schemas/';
const PROBLEM = 'application/problem+json';

/** Longest wait that `Prefer: wait=…` is granted, in seconds. */
export const LONGEST_WAIT = 60;

const HEADERS = {
  once: {
    name: 'Idempotency-Key',
    description: 'Made by the caller, the same for every repeat: one key is one message. Other content is a conflict.',
    required: true,
    schema: { type: 'string', minLength: 1, maxLength: 200 },
  },
  waits: {
    name: 'Prefer',
    description: `\`wait=SECONDS\` (RFC 7240): how long the caller would wait, up to ${LONGEST_WAIT} s`,
    schema: { type: 'string', pattern: '^(.*[,; ])?wait=\\d{1,4}([,; ].*)?$' },
  },
} as const;

/** Answers that every route may give, besides its own. */
const ALWAYS = { 400: 'BodyUnreadable', 401: 'Unauthenticated', 403: 'Forbidden', 404: 'CaseNotFound' } as const;
const AT_TIMES = { 429: 'TooManyRequests', 500: 'Unexpected', 503: 'NoAnswer' } as const;

/** The gateway's contract as OpenAPI 3.1, made from its routes. */
export function openApi(): JsonSchema {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of ROUTES) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operationOf(route) };
  }
  paths['/hooks/finhub/{tenant}'] = { post: WEBHOOK_OPERATION };
  return {
    openapi: '3.1.1',
    info: {
      title: 'FinHub onboarding',
      version: VERSION,
      description: [
        'Carries people and organizations through FinHub, from the application to the first transfer.',
        'Errors are problem details (RFC 9457) with a stable `code`. Whatever was answered with 503 or not at all may be repeated as it was, for as long as it takes: it takes effect once.',
      ].join('\n\n'),
    },
    tags: ['Onboarding', 'Cases', 'Payments', 'Operators', 'FinHub'].map((name) => ({ name })),
    paths,
    components: {
      schemas: components(),
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: `An access token of your provider (OAuth 2, JWT) with the claims \`tenant\` and \`scope\`, or an API key. Scopes: ${SCOPES.join(', ')}.`,
        },
        certificate: {
          type: 'mutualTLS',
          description: 'A client certificate that the gateway knows, where it speaks TLS itself.',
        },
        finhubSignature: WEBHOOK_SIGNATURE,
      },
    },
  };
}

function operationOf(route: Route): JsonSchema {
  const { operation, method, tag, summary, description, scopes, commands, message, params, query, body, answers } =
    route;
  const own = Object.entries(answers).map(([status, form]) => [status, answerOf(form)] as const);
  const common = Object.entries({
    ...ALWAYS,
    ...(body && { 413: 'BodyTooLarge', 415: 'MediaTypeUnsupported' }),
    ...((body ?? query ?? (method === 'PUT' && params)) && { 422: 'InvalidInput' }),
    ...AT_TIMES,
  })
    .filter(([status]) => !(status in answers))
    .map(
      ([status, code]) =>
        [status, answerOf({ description: CODES[code as keyof typeof CODES].meaning, schema: 'Problem' })] as const,
    );
  return {
    operationId: operation,
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    'x-commands': commands,
    ...(message !== undefined && { 'x-message': message }),
    'x-scopes': scopes,
    security: scopes.flatMap((scope) => [{ token: [scope] }, { certificate: [scope] }]),
    parameters: parametersOf(route),
    ...(body && { requestBody: requestBodyOf(body) }),
    responses: Object.fromEntries([...own, ...common].sort(([a], [b]) => a.localeCompare(b))),
  };
}

function parametersOf({ params, query, once, waits, headers = {} }: Route): JsonSchema[] {
  const of = (where: 'path' | 'query', schema: z.ZodObject | undefined): JsonSchema[] =>
    Object.entries(schema?.shape ?? {}).map(([name, field]) => {
      const { description, ...form } = jsonSchema(field as z.ZodType, 'input');
      return {
        name,
        in: where,
        required: where === 'path' || !(field as z.ZodType).safeParse(undefined).success,
        ...(description !== undefined && { description }),
        schema: form,
      };
    });
  return [
    ...of('path', params),
    ...of('query', query),
    ...(once ? [{ in: 'header', ...HEADERS.once }] : []),
    ...(waits ? [{ in: 'header', ...HEADERS.waits }] : []),
    ...Object.entries(headers).map(([name, description]) => ({
      ...{ in: 'header', name, description },
      schema: { type: 'string' },
    })),
  ];
}

function requestBodyOf(form: BodyForm): JsonSchema {
  const { name, example, mediaType = 'application/json', mayBeMissing = false, flows } = form;
  const content = flows
    ? { schema: { $ref: REF + name } }
    : { schema: { $ref: REF + name }, example: exampleOf(example) };
  return {
    required: !mayBeMissing,
    content: Object.fromEntries([mediaType, ...(flows ?? [])].map((type) => [type, content])),
  };
}

/** An example of `examples/` as it would be sent: without paths of files. */
export function exampleOf(example: unknown): unknown {
  if (typeof example !== 'string') return example;
  const content = JSON.parse(readFileSync(join(PROJECT_FOLDER, 'examples', example), 'utf8')) as {
    documents?: Record<string, unknown>[];
  };
  const documents = content.documents?.map(({ file, ...rest }) => ({
    ...rest,
    fileName: String(file).split('/').at(-1),
    content: 'JVBERi0xLjcKJSVFT0YK',
  }));
  return { ...content, ...(documents && { documents }) };
}

function answerOf({ description, schema, headers = {}, mediaType }: AnswerForm): JsonSchema {
  const isProblem = schema === 'Problem';
  const type = mediaType ?? (isProblem ? PROBLEM : schema === undefined ? undefined : 'application/json');
  return {
    description,
    ...(Object.keys(headers).length > 0 && {
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, what]) => [name, { description: what, schema: { type: 'string' } }]),
      ),
    }),
    ...(type !== undefined && {
      content: { [type]: { schema: schema === undefined ? { type: 'string' } : { $ref: REF + schema } } },
    }),
  };
}
