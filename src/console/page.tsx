import type { ComponentChildren } from 'preact';
import { render } from 'preact-render-to-string';
import type { FastifyReply } from 'fastify';
import { answerHtml } from '../gateway/html.js';
import type { Person } from '../gateway/people/people.js';
import { codePath, ICON_PATH, type BrowserModule } from './assets.js';
import { STYLE_PATH } from './style.js';

interface Shown {
  /** Without personal data: it stays in browsers' histories. */
  title: string;
  person: Person;
  /** What the page runs. */
  code: BrowserModule | undefined;
  children: ComponentChildren;
}

function Page({ title, person, code, children }: Shown) {
  const { operator, tenant, csrf } = person.session;
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{title}</title>
        <link rel="icon" href={ICON_PATH} />
        <link rel="stylesheet" href={STYLE_PATH} />
        {code && <script type="module" src={codePath(code)}></script>}
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
          <a href="/console/operators">Operators</a>
          <a href="/console/keys">Keys</a>
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
  { status = 200, code }: { status?: number; code?: BrowserModule | undefined } = {},
): FastifyReply {
  const html = render(
    <Page title={title} person={person} code={code}>
      {children}
    </Page>,
  );
  return answerHtml(reply, `<!doctype html>${html}`, { status, styled: true, scripted: code !== undefined });
}
