import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { Refused } from '../gateway/problem.js';
import { BROWSER_CODE } from './browser-code.js';
import { STYLE, STYLE_PATH } from './style.js';

/** Named by what is in it, so that browsers may keep it for ever; modules find each other beside it. */
const CODE_PATH = `/console/code/${createHash('sha256').update(JSON.stringify(BROWSER_CODE)).digest('hex').slice(0, 16)}`;

export const ICON_PATH = '/console/assets/icon.svg';
const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#0b57a4"/><path d="M4 8.5l3 3 5.5-7" fill="none" stroke="#fff" stroke-width="2"/></svg>';

/** What a page runs. */
export type BrowserModule = 'enrol' | 'look' | 'sign';

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
  scope.get(ICON_PATH, (_, reply) => answer(reply, 'image/svg+xml', ICON));
  scope.get<{ Params: { '*': string } }>(`${CODE_PATH}/*`, ({ params }, reply) => {
    const path = params['*'];
    if (!Object.hasOwn(BROWSER_CODE, path)) throw new Refused('NoSuchRoute');
    return answer(reply, 'text/javascript', BROWSER_CODE[path]!);
  });
}
