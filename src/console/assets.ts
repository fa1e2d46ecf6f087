import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { Refused } from '../gateway/problem.js';
import { BROWSER_CODE } from './browser-code.js';
import { STYLE, STYLE_PATH } from './style.js';

/** Named by what is in it, so that browsers may keep it for ever; modules find each other beside it. */
const CODE_PATH = `/console/code/${createHash('sha256').update(JSON.stringify(BROWSER_CODE)).digest('hex').slice(0, 16)}`;

/** What a page runs. */
export type BrowserModule = 'enrol' | 'sign';

export function codePath(module: BrowserModule): string {
  return `${CODE_PATH}/console/browser/${module}.js`;
}

/** Style and code of the pages. */
export function serveAssets(scope: FastifyInstance): void {
  const answer = (reply: FastifyReply, type: string, text: string): FastifyReply =>
    reply
      .type(`${type}; charset=utf-8`)
      .headers({ 'cache-control': 'public, max-age=31536000, immutable', 'x-content-type-options': 'nosniff' })
      .send(text);
  scope.get(STYLE_PATH, (_, reply) => answer(reply, 'text/css', STYLE));
  scope.get<{ Params: { '*': string } }>(`${CODE_PATH}/*`, ({ params }, reply) => {
    const path = params['*'];
    if (!Object.hasOwn(BROWSER_CODE, path)) throw new Refused('NoSuchRoute');
    return answer(reply, 'text/javascript', BROWSER_CODE[path]!);
  });
}
