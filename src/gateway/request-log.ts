import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';

/** One line for each request; who was refused is told louder. */
export function tell(log: Logger, request: FastifyRequest, reply: FastifyReply, seconds: number): void {
  const { caller, problem, signedIn } = request;
  const line = {
    requestId: request.id,
    route: `${request.method} ${request.routeOptions.url}`,
    path: (caller ?? signedIn) ? request.url.split('?', 1)[0] : undefined,
    client: caller?.id ?? null,
    tenant: caller?.tenant ?? signedIn?.tenant ?? null,
    operator: signedIn?.operator ?? (caller?.operator === '*' ? undefined : caller?.operator),
    status: reply.statusCode,
    code: problem,
    ms: Math.round(seconds * 1000),
  };
  if (reply.statusCode === 401 || reply.statusCode === 403 || reply.statusCode >= 500) log.warn(line, 'request');
  else log.info(line, 'request');
}

/** An error for the log: what InvalidInput says of a body stays out of it. */
export function told(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
