import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { OnboardingClient } from '../client/index.js';
import type { MessageName } from '../lifecycle/messages.js';
import type { Caller, Scope } from './caller.js';
import type { Watch } from './watch.js';

/** What a handler has to do with. */
export interface Call<P, Q, B> {
  caller: Caller;
  params: P;
  query: Q;
  /** As it was read, or as it came where the client library reads it. */
  body: B;
  /** Speaks for the caller. */
  client: OnboardingClient;
  /** Seconds that `Prefer: wait=…` asks for, as far as they are granted. */
  waitSeconds: number | undefined;
  /** An id of a message by its `Idempotency-Key`: the same key with the same content of the same caller is one message. */
  messageId: (content: unknown) => string;
  watch: Watch;
  /** The environment's name, which envelopes are for. */
  environment: string;
  request: FastifyRequest;
  reply: FastifyReply;
}

/** What is answered; undefined where the handler has taken the connection over. */
export interface Answered {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface AnswerForm {
  description: string;
  /** Name of a component. */
  schema?: string;
  headers?: Record<string, string>;
  /** Other than JSON. */
  mediaType?: string;
}

/** What a request body is. */
export interface BodyForm {
  /** Name of a component. */
  name: string;
  /** Checked before the handler is called; without it the client library checks, which tells every fault as well. */
  checked?: z.ZodType;
  /** File in `examples/` that shows one, or the example itself. */
  example: unknown;
  mediaType?: string;
  mayBeMissing?: boolean;
  /** Other types that it may have; its bytes are handed over as they come. */
  flows?: readonly string[];
}

/** One thing that the gateway does. The OpenAPI file, the authorization matrix and the documentation are made from it. */
export interface Route {
  /** Its `operationId`. */
  operation: string;
  method: 'GET' | 'PUT' | 'POST';
  /** As OpenAPI writes it. */
  path: string;
  tag: 'Onboarding' | 'Cases' | 'Payments' | 'Operators';
  /** Any of them opens it. */
  scopes: readonly Scope[];
  summary: string;
  description?: string;
  /** What the command lines call it. */
  commands: readonly string[];
  /** The message that it sends. */
  message?: MessageName;
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: BodyForm;
  /** Takes `Prefer: wait=…`. */
  waits?: boolean;
  /** Takes an `Idempotency-Key`, and needs one. */
  once?: boolean;
  answers: Record<number, AnswerForm>;
  /** Other headers that it takes: name and what for. */
  headers?: Record<string, string>;
  handle(call: Call<never, never, never>): Promise<Answered | undefined>;
}

type Output<S extends z.ZodType | undefined> = S extends z.ZodType ? z.output<S> : undefined;

/** Declares a route with its handler's types taken from its schemas. */
export function route<
  P extends z.ZodObject | undefined = undefined,
  Q extends z.ZodObject | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
>(
  declared: Omit<Route, 'handle' | 'params' | 'query' | 'body'> & {
    params?: P;
    query?: Q;
    body?: Omit<BodyForm, 'checked'> & { checked?: B };
    handle(
      call: Call<Output<P>, Output<Q>, B extends z.ZodType ? z.output<B> : unknown>,
    ): Promise<Answered | undefined>;
  },
): Route {
  return declared as unknown as Route;
}
