import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Answer, Change } from './changes.js';

/** The change of a customer's calls from number `from` on, for `times` of them. */
export interface Plan {
  from: number;
  times: number;
  change: Change;
}

/** Stands between a worker and FinHub, and changes what FinHub answers to the calls of some customers, whom their addresses tell. */
export interface ChangingProxy {
  url: string;
  /** Where FinHub is. */
  target: string;
  /** Changes answers to the customer from now on; what it returns has the calls that met the change. */
  plan(ipAddress: string, plan: Plan): string[];
  close(): Promise<void>;
}

export async function startChangingProxy(): Promise<ChangingProxy> {
  const plans = new Map<string, Plan & { calls: number; met: string[] }>();
  const proxy: ChangingProxy = {
    url: '',
    target: '',
    plan(ipAddress, plan) {
      const met: string[] = [];
      plans.set(ipAddress, { ...plan, calls: 0, met });
      return met;
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await buffer(request);
    const real = await ask(proxy.target, request, body);
    const plan = plans.get(String(request.headers['x-forwarded-for']));
    const number = plan ? plan.calls++ : -1;
    const isMet = plan && number >= plan.from && number < plan.from + plan.times;
    if (isMet) plan.met.push(`${request.method} ${request.url}`);
    const { status, headers, body: answered } = isMet ? plan.change.apply(real) : real;
    const hasNone = status === 204 || status === 304;
    response.writeHead(status, { ...headers, ...(!hasNone && { 'content-length': answered.length }) });
    response.end(hasNone ? undefined : answered);
  };
  const server = createServer((request, response) => void pass(request, response).catch(() => response.destroy()));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  proxy.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return proxy;
}

function ask(target: string, { method, url, headers }: IncomingMessage, body: Buffer): Promise<Answer> {
  return new Promise((answered, failed) => {
    const onward = httpRequest(new URL(url!, target), { method, headers }, (response) => {
      const kept = { 'content-type': response.headers['content-type'] ?? '' };
      buffer(response).then((whole) => answered({ status: response.statusCode!, headers: kept, body: whole }), failed);
    });
    onward.on('error', failed);
    onward.end(body);
  });
}
