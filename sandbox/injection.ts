import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Outgoing } from './dispatch.js';
import type { Fault } from './faults.js';

/** A call that meets a fault. */
interface Victim {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** Aborts when the sandbox is closed. */
  readonly closing: AbortSignal;
  /** Executes the call. */
  run(): Outgoing;
  /** A refusal in the form of the call's generation and profile. */
  refuse(status: number, message: string, data?: Record<string, unknown>): Outgoing;
}

/** Does what the fault says. Without a return value the connection is gone. */
export async function inject(fault: Fault, victim: Victim): Promise<Outgoing | undefined> {
  const { request, reply, closing } = victim;
  const { socket } = request.raw;
  switch (fault.kind) {
    case 'refuse-500':
      return victim.refuse(500, 'Internal server error');
    case 'refuse-502':
      return victim.refuse(502, 'Bad gateway');
    case 'refuse-503':
      return victim.refuse(503, 'Service unavailable');
    case 'refuse-401':
      return victim.refuse(401, 'Invalid or expired token');
    case 'refuse-429': {
      reply.header('Retry-After', String(fault.retryAfter));
      return victim.refuse(429, 'Too many requests, please try again later', { retryAfter: fault.retryAfter });
    }
    case 'conflict-running':
      return victim.refuse(409, 'A request with the same content is still running');
    case 'drop': {
      victim.run();
      reply.hijack();
      socket.destroy();
      return undefined;
    }
    case 'late-effect': {
      reply.hijack();
      if (!fault.hang) socket.destroy();
      else if (!socket.destroyed) await new Promise((gone) => socket.once('close', gone));
      if (await passes(fault.delayMs, closing)) victim.run();
      return undefined;
    }
    case 'effect-500': {
      victim.run();
      return victim.refuse(500, 'Internal server error');
    }
    case 'late-answer': {
      const outgoing = victim.run();
      await passes(fault.delayMs, closing);
      return outgoing;
    }
    case 'cut': {
      const { status, body } = victim.run();
      const text = JSON.stringify(body);
      reply.hijack();
      reply.raw.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
      reply.raw.write(text.slice(0, text.length / 2), () => socket.destroy());
      return undefined;
    }
    case 'garble': {
      victim.run();
      return { status: 200, body: { result: 'ok', payload: ['unexpected', { nested: true }] } };
    }
  }
}

/** Waits `ms`; false when the sandbox is closed before that. */
async function passes(ms: number, closing: AbortSignal): Promise<boolean> {
  return delay(ms, true, { signal: closing }).catch(() => false);
}
