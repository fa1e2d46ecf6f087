import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { InvalidInput, type CaseFilter } from '../client/index.js';
import { countCases } from '../client/list.js';
import { pathOf } from './case-address.js';
import { type ConsoleOptions, formOf, forPerson } from './for-person.js';
import { answerPage } from './page.js';
import { QueuePage } from './queue-page.js';
import { VIEWS, type View } from './words.js';

const ROWS = 100;

const queueQuery = z.object({
  view: z.enum(Object.keys(VIEWS) as [View, ...View[]]).catch('open'),
  after: z.string().max(600).optional().catch(undefined),
});

/** What waits for operators: the lists, the search, and the next case. */
export function serveQueue(scope: FastifyInstance, options: ConsoleOptions): void {
  const { client, people } = options;
  scope.get(
    '/console/queue',
    forPerson(options, async (request, reply, person) => {
      const { view, after } = queueQuery.parse(request.query);
      const { tenant, operator } = person.session;
      const filter = { ...FILTERS[view](operator), tenantId: tenant, limit: ROWS };
      const filters = Object.entries(FILTERS).map(([name, of]) => [name, { ...of(operator), tenantId: tenant }]);
      const [list, counts] = await Promise.all([
        client.queue({ ...filter, ...(after && { after: Buffer.from(after, 'base64url').toString() }) }),
        countCases(client.temporal, Object.fromEntries(filters) as Record<View, CaseFilter>),
      ]);
      const page = <QueuePage view={view} list={list} counts={counts} person={person} now={new Date()} />;
      return answerPage(reply, person, 'Queue', page);
    }),
  );

  scope.post(
    '/console/next',
    forPerson(options, async (request, reply, person) => {
      formOf(people, request, person);
      const { tenant, operator } = person.session;
      const { cases } = await client.queue({ ...FILTERS.unassigned(operator), tenantId: tenant, limit: ROWS });
      const speaking = client.speakingFor(`person:${operator}`);
      // The list may be some seconds behind; only the case knows whether it is still free. One that does not answer is passed over.
      for (const { workflowId } of cases.filter(({ readable }) => readable)) {
        const { assignee } = (await client.caseView(workflowId).catch(() => undefined)) ?? {};
        if (assignee !== null) continue;
        const { accepted } = await speaking.claim(workflowId, { by: operator });
        if (accepted) return reply.redirect(pathOf(workflowId), 303);
      }
      const page = (
        <>
          <h1>Nothing is left to take</h1>
          <p>
            <a href="/console/queue?view=mine">What you have</a>, or <a href="/console/queue">all that is open</a>
          </p>
        </>
      );
      return answerPage(reply, person, 'Nothing left', page);
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
}

const FILTERS: Record<View, (operator: string) => CaseFilter> = {
  open: () => ({ forOperators: true }),
  mine: (operator) => ({ forOperators: true, assignee: operator }),
  unassigned: () => ({ forOperators: true, unassigned: true }),
  overdue: () => ({ overdue: true }),
  attention: () => ({ needsAttention: true }),
};
