import type { FastifyInstance } from 'fastify';
import { acceptForms } from '../gateway/html.js';
import { serveAssets } from './assets.js';
import { serveCases } from './case-routes.js';
import { serveDocuments } from './document-routes.js';
import { type ConsoleOptions, forPerson } from './for-person.js';
import { KeysPage } from './keys-page.js';
import { serveMessages } from './message-routes.js';
import { OperatorsPage } from './operators-page.js';
import { answerPage } from './page.js';
import { keysOfOperator } from './passkeys.js';
import { serveQueue } from './queue-routes.js';

/** The pages for operators: the queue, each case with its decision, and their keys. */
export async function serveConsole(server: FastifyInstance, options: ConsoleOptions): Promise<void> {
  const { people } = options;
  await server.register((scope) => {
    acceptForms(scope);
    serveAssets(scope);
    serveMessages(scope, options);
    scope.get('/console', (_, reply) => reply.redirect('/console/queue', 303));

    serveQueue(scope, options);
    serveCases(scope, options);
    serveDocuments(scope, options);

    scope.get(
      '/console/operators',
      forPerson(options, async (_, reply, person) => {
        const page = <OperatorsPage signers={await people.signers()} now={new Date()} />;
        return answerPage(reply, person, 'Operators', page);
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
