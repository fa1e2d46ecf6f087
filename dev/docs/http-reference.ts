import { CODES, EXIT_CODES } from '../../src/client/codes.js';
import { AUDIT_CODES } from '../../src/lifecycle/audit-codes.js';
import { ROUTES } from '../../src/gateway/routes/index.js';
import { markdownTable } from './markdown.js';

/** Routes and codes of the HTTP API, for people: `docs/reference/http-reference.md`. */
export function httpReference(): string {
  const routes = ROUTES.map(({ method, path, summary, scopes, commands, message }) => [
    `\`${method} ${path}\``,
    summary,
    scopes.map((scope) => `\`${scope}\``).join(' or '),
    commands.map((command) => `\`${command}\``).join(', '),
    message === undefined ? '' : `\`${message}\``,
  ]);
  const codes = Object.entries(CODES).map(([code, { meaning, status, exit, helps }]) => [
    `\`${code}\``,
    String(status),
    String(EXIT_CODES[exit].code),
    meaning,
    helps,
  ]);
  const meanings = [...new Set(Object.values(AUDIT_CODES))];
  const audit = meanings.map((meaning) => {
    const same = Object.entries(AUDIT_CODES).filter(([, other]) => other === meaning);
    return [same.map(([code]) => `\`${code}\``).join(' '), meaning];
  });
  return [
    '# HTTP API: routes and codes',
    '',
    'Made by `npm run docs` from the code. How to use them: [http-api.md](../guides/http-api.md); every field: [openapi.json](openapi.json).',
    '',
    '## Routes',
    '',
    ...markdownTable(['route', 'what it does', 'scope', 'on the command line', 'message'], routes),
    '',
    '## Codes',
    '',
    "A problem's `code` over HTTP, and what a command line's exit code stands for.",
    '',
    ...markdownTable(['code', 'HTTP', 'exit', 'meaning', 'what helps'], codes),
    '',
    '## Audit',
    '',
    "An audit entry's `event`. Its `data` holds the particulars, its `text` says them in English.",
    '',
    ...markdownTable(['event', 'meaning'], audit),
    '',
  ].join('\n');
}
