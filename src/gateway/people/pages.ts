import type { SignerSet } from '../../proof/signers-file.js';

/** Outside production: whoever sits at this machine says which operator they are. */
export function trialPage({ signers }: SignerSet): string {
  const buttons = [...signers.values()]
    .filter(({ role }) => role === 'operator')
    .map(
      ({ id, level }) =>
        `<p><button name="operator" value="${escaped(id)}">${escaped(id)}</button> ${escaped(level ?? '')}</p>`,
    );
  return document(
    'Sign in',
    `<p>A trial on this machine: say who you are. Elsewhere people sign in at your identity provider.</p>
<form method="post" action="/sign-in">${buttons.join('')}</form>`,
  );
}

/** Takes the browser on from a page of ours, so that its cookie goes along. */
export function onwardPage(to: string): string {
  return document('Signed in', `<p><a href="${to}">Go on</a></p>`, `<meta http-equiv="refresh" content="0;url=${to}">`);
}

/** @param subject who they are at the provider, for whoever keeps the signers file */
export function refusedPage(why?: Error, subject?: string): string {
  return document(
    'Not signed in',
    `<p>${escaped(why?.message ?? 'the sign-in took too long, or was begun in another browser')}.</p>
${subject === undefined ? '' : `<p>Your provider knows you as <code>${escaped(subject)}</code>.</p>`}
<p><a href="/sign-in">Try again</a></p>`,
  );
}

function document(title: string, body: string, head = ''): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>${head}</head>
<body><h1>${title}</h1>
${body}
</body></html>`;
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
