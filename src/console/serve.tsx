import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { InvalidInput, type CaseFilter } from '../client/index.js';
import { acceptForms } from '../gateway/html.js';
import { serveAssets } from './assets.js';
import { caseNamed } from './case-address.js';
import { CasePage } from './case-page.js';
import { deskOf, serveMessages } from './message-routes.js';
import { type ConsoleOptions, formOf, forPerson } from './for-person.js';
import { KeysPage } from './keys-page.js';
import { answerPage } from './page.js';
import { keysOfOperator } from './passkeys.js';
import { QueuePage } from './queue-page.js';
import { VIEWS, type View } from './words.js';

const ROWS = 100;

const queueQuery = z.object({
  view: z.enum(Object.keys(VIEWS) as [View, ...View[]]).catch('open'),
  after: z.string().max(600).optional().catch(undefined),
});

/** The pages for operators: the queue, each case with its decision, and their keys. */
export async function serveConsole(server: FastifyInstance, options: ConsoleOptions): Promise<void> {
  const { client, people } = options;
  await server.register((scope) => {
    acceptForms(scope);
    serveAssets(scope);
    serveMessages(scope, options);
    scope.get('/console', (_, reply) => reply.redirect('/console/queue', 303));

    scope.get(
      '/console/queue',
      forPerson(options, async (request, reply, person) => {
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
      forPerson(options, async (request, reply, person) => {
        const { text } = formOf(people, request, person);
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
      forPerson(options, async (request, reply, person) => {
        const workflowId = caseNamed(request.params, person.session.tenant);
        const [view, audit] = await Promise.all([client.caseView(workflowId), client.audit(workflowId)]);
        const desk = await deskOf(options, request, person, view, workflowId);
        return answerPage(
          reply,
          person,
          `Case ${view.kind} ${view.applicationId}`,
          <CasePage desk={desk} audit={audit} now={new Date()} />,
          { code: 'sign' },
        );
      }),
    );

    scope.get(
      '/console/keys',
      forPerson(options, async (request, reply, person) => {
        const { operator } = person.session;
        const keys = keysOfOperator(await people.signers(), operator);
        const page = <KeysPage operator={operator} keys={keys} origin={people.originOf(request)} now={new Date()} />;
        return answerPage(reply, person, 'Keys', page, { code: 'enrol' });
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
