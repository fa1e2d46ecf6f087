import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { OnboardingClient } from '../client/index.js';
import type { Credentials } from './caller.js';
import type { People, PeopleOptions } from './people/people.js';
import type { TlsFiles } from './tls.js';
import type { WebhookOptions } from './webhooks.js';

export interface GatewayOptions {
  client: OnboardingClient;
  /** Without them whoever reaches it is let in: on this machine only. */
  credentials: Credentials | undefined;
  /** How people sign in; nobody can without it. */
  people?: PeopleOptions | undefined;
  /** Serves pages to those who have signed in. */
  console?: ((server: FastifyInstance, people: People) => Promise<void>) | undefined;
  /** The environment's name, which envelopes are for. */
  environment: string;
  host: string;
  /** 0 takes a free one. */
  port: number;
  /** Speaks TLS by itself; without it, something before it does, or nobody. */
  tls?: TlsFiles | undefined;
  /** Requests that a caller may make in a minute. */
  requestsPerMinute: number;
  /** Waits and streams that a caller may have open. */
  waitsPerCaller: number;
  /** How FinHub's webhooks are known; none are taken without it. */
  webhooks?: WebhookOptions | undefined;
  /** Gets a line for each request: who, what, with which outcome; never what was in it. */
  log: Logger;
}
