import type { FastifyInstance } from 'fastify';
import { Refused } from './problem.js';

/**
 * Notes each path to which a route is added from now on. What it returns is called when all are there: it has every method that a path does not
 * take answered with 405 and `Allow` (RFC 9110, section 15.5.6), before a byte of the body is read.
 */
export function notedPaths(server: FastifyInstance): () => void {
  const paths = new Set<string>();
  server.addHook('onRoute', ({ url }) => void paths.add(url));
  return () => {
    for (const url of [...paths]) {
      const isTaken = (method: string): boolean => server.hasRoute({ url, method });
      const allow = server.supportedMethods.filter(isTaken).join(', ');
      server.route({
        method: server.supportedMethods.filter((method) => !isTaken(method)),
        url,
        onRequest: (_, reply, done) => {
          void reply.header('allow', allow);
          done(new Refused('MethodNotAllowed', `the path takes ${allow}`));
        },
        handler: () => undefined,
      });
    }
  };
}
