import type { FastifyInstance } from 'fastify';
import { Refused } from '../gateway/problem.js';
import { AuditPage, auditCsv } from './audit-page.js';
import { caseNamed, pathOf } from './case-address.js';
import { CasePage } from './case-page.js';
import { type ConsoleOptions, forPerson } from './for-person.js';
import { deskOf } from './message-routes.js';
import { answerPage } from './page.js';

/** A case, and its whole audit as a page and as files. */
export function serveCases(scope: FastifyInstance, options: ConsoleOptions): void {
  const { client } = options;
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
    '/console/cases/:kind/:id/:file',
    forPerson(options, async (request, reply, person) => {
      const workflowId = caseNamed(request.params, person.session.tenant);
      const { file } = request.params as { file: string };
      if (!['audit', 'audit.csv', 'audit.json'].includes(file)) throw new Refused('NoSuchRoute');
      const audit = await client.audit(workflowId);
      const title = `Audit ${pathOf(workflowId).split('/').slice(-2).join(' ')}`;
      if (file === 'audit') {
        return answerPage(reply, person, title, <AuditPage workflowId={workflowId} audit={audit} />);
      }
      const [type, text] =
        file === 'audit.csv'
          ? ['text/csv', auditCsv(audit)]
          : ['application/json', `${JSON.stringify(audit, undefined, 2)}\n`];
      return reply
        .headers({
          'content-type': `${type}; charset=utf-8`,
          'content-disposition': `attachment; filename="${title.replaceAll(' ', '-')}.${file.slice('audit.'.length)}"`,
          'cache-control': 'no-store',
        })
        .send(text);
    }),
  );
}
