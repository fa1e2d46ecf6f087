import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { OnboardingClient } from '../client/index.js';
import type { People, Person } from '../gateway/people/people.js';
import { problemOfError } from '../gateway/problem.js';
import { told } from '../gateway/request-log.js';
import type { Renderer } from '../rendering/renderer.js';
import { answerPage } from './page.js';

export interface ConsoleOptions {
  client: OnboardingClient;
  people: People;
  /** The environment's name, which envelopes are for. */
  environment: string;
  /** Draws documents. */
  renderer: Renderer;
  log: Logger;
}

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** Answers who is signed in, and sends others to where they do. Each look at a page is a line of the log with who looked at what. */
export function forPerson(
  { people, log }: Pick<ConsoleOptions, 'people' | 'log'>,
  show: (request: FastifyRequest, reply: FastifyReply, person: Person) => Promise<FastifyReply>,
): Handler {
  return async (request, reply) => {
    const person = await people.personOf(request, reply);
    if (!person) return reply.redirect('/sign-in', 303);
    request.signedIn = person.session;
    try {
      return await show(request, reply, person);
    } catch (error) {
      const { status, code, title, detail, helps } = problemOfError(error, request.id);
      request.problem = code as typeof request.problem;
      if (status >= 500) log.error({ requestId: request.id, code, error: told(error) }, 'failed');
      const page = (
        <>
          <h1>{title}</h1>
          <p>{detail}</p>
          <p>What helps: {helps}</p>
          <p class="soft">Request {request.id}</p>
        </>
      );
      return answerPage(reply, person, 'Not done', page, { status });
    }
  };
}

/** The fields of a form, which a page of ours has sent. @throws Refused for another site's */
export function formOf(people: People, request: FastifyRequest, { session }: Person): Record<string, string> {
  const { csrf, ...fields } = (request.body ?? {}) as Record<string, string>;
  people.checkOurs(request, session, csrf);
  return fields;
}
