import type { ComponentChildren } from 'preact';
import { render } from 'preact-render-to-string';
import type { FastifyReply } from 'fastify';
import { answerHtml } from '../gateway/html.js';
import type { Person } from '../gateway/people/people.js';
import { STYLE_PATH } from './style.js';

/** @param title without personal data: it stays in browsers' histories */
function Page({ title, person, children }: { title: string; person: Person; children: ComponentChildren }) {
  const { operator, tenant, csrf } = person.session;
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{title}</title>
        <link rel="stylesheet" href={STYLE_PATH} />
      </head>
      <body>
        <a class="skip" href="#main">
          Skip to the page
        </a>
        <header class="bar">
          <strong>
            <a href="/console/queue">Onboarding</a>
          </strong>
          <span class="soft">
            {operator} ({person.level}), tenant {tenant}
          </span>
          <form method="post" action="/sign-out">
            <input type="hidden" name="csrf" value={csrf} />
            <button>Sign out</button>
          </form>
        </header>
        <main id="main">{children}</main>
      </body>
    </html>
  );
}

/** Answers with a page of the console. */
export function answerPage(
  reply: FastifyReply,
  person: Person,
  title: string,
  children: ComponentChildren,
  status = 200,
): FastifyReply {
  const html = render(
    <Page title={title} person={person}>
      {children}
    </Page>,
  );
  return answerHtml(reply, `<!doctype html>${html}`, { status, styled: true });
}
