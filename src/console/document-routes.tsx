import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ShownCase } from '../client/index.js';
import type { Person } from '../gateway/people/people.js';
import { Refused } from '../gateway/problem.js';
import { RenderingFailed, type ShownPage } from '../rendering/renderer.js';
import { caseNamed, pathOf } from './case-address.js';
import { DocumentPage } from './document-page.js';
import { type ConsoleOptions, forPerson } from './for-person.js';
import { answerPage } from './page.js';

const documentParams = z.object({ documentId: z.uuid() });
const pageQuery = z.object({ page: z.coerce.number().int().min(1).max(100_000).catch(1) });

interface Seen {
  workflowId: string;
  view: ShownCase;
  document: ShownCase['evidence'][number];
  page: number;
  shown: ShownPage | RenderingFailed;
}

/** Documents as pictures: nothing of an original reaches the operator's browser, and each look is on record in the case. */
export function serveDocuments(scope: FastifyInstance, { renderer, ...options }: ConsoleOptions): void {
  const { client } = options;

  async function look(request: FastifyRequest, { session }: Person): Promise<Seen> {
    const { operator, tenant, begunAt } = session;
    const workflowId = caseNamed(request.params, tenant);
    const { documentId } = documentParams.safeParse(request.params).data ?? {};
    const { page } = pageQuery.parse(request.query);
    const view = await client.caseView(workflowId);
    const document = view.evidence.find((one) => one.documentId === documentId);
    if (!document) throw new Refused('DocumentUnavailable');
    // On record first: nobody sees a document without a trace. Its pages in one session are one look.
    const look = { by: operator, documentId: document.documentId };
    const messageId = `look-${operator}-${document.documentId}-${begunAt}`;
    const answer = await client.speakingFor(`person:${operator}`).send(workflowId, 'viewDocument', look, { messageId });
    if (!answer.accepted) throw new Refused(answer.refusal, answer.detail);
    const { content, mimeType } = await client.document(workflowId, document.documentId);
    const shown = await renderer.page(content, mimeType, page).catch((error: unknown) => {
      if (error instanceof RenderingFailed) return error;
      throw error;
    });
    return { workflowId, view, document, page, shown };
  }

  scope.get(
    '/console/cases/:kind/:id/documents/:documentId',
    forPerson(options, async (request, reply, person) => {
      const seen = await look(request, person);
      const title = `Document ${pathOf(seen.workflowId).split('/').slice(-2).join(' ')}`;
      const status = seen.shown instanceof RenderingFailed ? 422 : 200;
      return answerPage(reply, person, title, <DocumentPage {...seen} />, { status, code: 'look' });
    }),
  );

  scope.get(
    '/console/cases/:kind/:id/documents/:documentId/page.png',
    forPerson(options, async (request, reply, person) => {
      const { shown } = await look(request, person);
      if (shown instanceof RenderingFailed) throw new Refused('DocumentUnavailable', shown.message);
      return reply
        .headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
        .type('image/png')
        .send(shown.png);
    }),
  );
}
