import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { z } from 'zod';
import { InvalidInput, type CaseFilter, type OnboardingClient } from '../client/index.js';
import { acceptForms } from '../gateway/html.js';
import type { People, Person } from '../gateway/people/people.js';
import { problemOfError, Refused } from '../gateway/problem.js';
import { told } from '../gateway/request-log.js';
import { type CaseKind, PHASES } from '../lifecycle/phases.js';
import { caseId } from '../lifecycle/ids.js';
import { CasePage } from './case-page.js';
import { answerPage } from './page.js';
import { QueuePage } from './queue-page.js';
import { STYLE, STYLE_PATH } from './style.js';
import { VIEWS, type View } from './words.js';

export interface ConsoleOptions {
  client: OnboardingClient;
  people: People;
  log: Logger;
}

const ROWS = 100;

const queueQuery = z.object({
  view: z.enum(Object.keys(VIEWS) as [View, ...View[]]).catch('open'),
  after: z.string().max(600).optional().catch(undefined),
});
const caseParams = z.object({
  kind: z.enum(Object.keys(PHASES) as [CaseKind, ...CaseKind[]]),
  id: z.string().regex(/^[A-Za-z0-9._-]{1,200}$/),
});

/** The pages for operators: the queue, and each case. Whoever is not signed in is sent to where they do. */
export async function serveConsole(server: FastifyInstance, { client, people, log }: ConsoleOptions): Promise<void> {
  await server.register((scope) => {
    acceptForms(scope);

    /** For who is signed in: each look at a page is a line of the log with who looked at what. */
    const forPerson =
      (show: (request: FastifyRequest, reply: FastifyReply, person: Person) => Promise<FastifyReply>) =>
      async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
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
          return answerPage(reply, person, 'Not done', page, status);
        }
      };

    scope.get(STYLE_PATH, (_, reply) =>
      reply.type('text/css; charset=utf-8').header('cache-control', 'public, max-age=31536000, immutable').send(STYLE),
    );
    scope.get('/console', (_, reply) => reply.redirect('/console/queue', 303));

    scope.get(
      '/console/queue',
      forPerson(async (request, reply, person) => {
        const { view, after } = queueQuery.parse(request.query);
        const { tenant, operator } = person.session;
        const filter = { ...FILTERS[view](operator), tenantId: tenant, limit: ROWS };
        const list = await client.queue({
          ...filter,
          ...(after && { after: Buffer.from(after, 'base64url').toString() }),
        });
        return answerPage(
          reply,
          person,
          'Queue',
          <QueuePage view={view} list={list} person={person} now={new Date()} />,
        );
      }),
    );

    // Whom somebody looks for is personal: it stays out of addresses.
    scope.post(
      '/console/search',
      forPerson(async (request, reply, person) => {
        const { csrf, text } = (request.body ?? {}) as { csrf?: unknown; text?: unknown };
        people.checkOurs(request, person.session, csrf);
        if (typeof text !== 'string' || text.trim() === '' || text.length > 200) {
          throw new InvalidInput('the search', [{ path: 'text', message: 'a text of up to 200 letters is expected' }]);
        }
        const found = { tenantId: person.session.tenant, withClosed: true, limit: ROWS };
        const list = await client.find(text, found);
        return answerPage(
          reply,
          person,
          'Found',
          <QueuePage view={undefined} list={list} person={person} now={new Date()} />,
        );
      }),
    );

    scope.get(
      '/console/cases/:kind/:id',
      forPerson(async (request, reply, person) => {
        const named = caseParams.safeParse(request.params).data;
        if (!named) throw new Refused('CaseNotFound');
        const { kind, id } = named;
        // Their own tenant's: others' cases are not there.
        const workflowId = caseId(kind, person.session.tenant, id);
        const [view, audit] = await Promise.all([client.caseView(workflowId), client.audit(workflowId)]);
        return answerPage(reply, person, `Case ${kind} ${id}`, <CasePage view={view} audit={audit} now={new Date()} />);
      }),
    );
  });
}

const FILTERS: Record<View, (operator: string) => CaseFilter> = {
  open: () => ({ forOperators: true }),
  mine: (operator) => ({ forOperators: true, assignee: operator }),
  unassigned: () => ({ forOperators: true, unassigned: true }),
  overdue: () => ({ overdue: true }),
  attention: () => ({ needsAttention: true }),
};
