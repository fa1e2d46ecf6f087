import type { FastifyInstance, FastifyReply } from 'fastify';

/** No frame, nothing from elsewhere, forms to ourselves only; style and code of our own where a page has them. */
const policyOf = ({ styled, scripted }: { styled: boolean; scripted: boolean }): string =>
  `default-src 'none'; ${styled ? "style-src 'self'; " : ''}${styled ? "img-src 'self'; " : ''}${scripted ? "script-src 'self'; " : ''}form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'`;

/** Answers with a page. @param styled, scripted let the page use our own style sheet and code */
export function answerHtml(
  reply: FastifyReply,
  html: string,
  { status = 200, styled = false, scripted = false } = {},
): FastifyReply {
  return reply
    .status(status)
    .headers({
      'content-security-policy': policyOf({ styled, scripted }),
      // Not stricter: browsers would then send forms without an Origin to check.
      'referrer-policy': 'same-origin',
      'cache-control': 'no-store',
      'cross-origin-opener-policy': 'same-origin',
    })
    .type('text/html; charset=utf-8')
    .send(html);
}

/** Lets routes read what forms send. */
export function acceptForms(scope: FastifyInstance): void {
  scope.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_, body, done) =>
    done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  );
}
