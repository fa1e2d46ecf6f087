import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { CODES } from '../client/codes.js';
import type { OnboardingClient } from '../client/index.js';
import { openApi } from './openapi.js';
import { PROBLEMS_PATH } from './problem.js';

const READY_MS = 2_000;

export async function serveDocumentation(server: FastifyInstance): Promise<void> {
  const document = openApi();
  server.get('/openapi.json', (_, reply) => reply.send(document));
  server.get(PROBLEMS_PATH, (_, reply) => reply.send(CODES));
  await server.register(swagger, { mode: 'static', specification: { document: document as never } });
  await server.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: true,
    uiConfig: { docExpansion: 'list', tryItOutEnabled: true, validatorUrl: null },
  });
}

/** For a platform: alive while it runs, ready while Temporal answers. */
export function serveHealth(server: FastifyInstance, { temporal }: OnboardingClient): void {
  server.get('/healthz', (_, reply) => reply.send({ gateway: 'RUNNING' }));
  server.get('/readyz', async (_, reply) => {
    const answers = await temporal
      .withDeadline(Date.now() + READY_MS, () => temporal.workflowService.getSystemInfo({}))
      .then(
        () => true,
        () => false,
      );
    return reply.status(answers ? 200 : 503).send({ temporal: answers ? 'answers' : 'does not answer' });
  });
}
