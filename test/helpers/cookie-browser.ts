/** What a page was answered. */
export interface Page {
  status: number;
  headers: Headers;
  url: string;
  text: string;
}

/** As much of a browser as signing in takes: cookies by host, redirects, and a page that leads on. */
export class CookieBrowser {
  readonly #cookies = new Map<string, Map<string, string>>();

  get(url: string, headers: Record<string, string> = {}): Promise<Page> {
    return this.send('GET', url, { headers });
  }

  async send(
    method: string,
    url: string,
    {
      headers = {},
      form,
      json,
    }: { headers?: Record<string, string>; form?: Record<string, string>; json?: unknown } = {},
  ): Promise<Page> {
    const { origin } = new URL(url);
    const answer = await fetch(url, {
      method,
      redirect: 'manual',
      headers: {
        cookie: [...this.#of(origin)].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(json !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(form && { body: new URLSearchParams(form) }),
      ...(json !== undefined && { body: JSON.stringify(json) }),
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!;
      if (value === '' || /max-age=0|expires=Thu, 01 Jan 1970/i.test(cookie)) this.#of(origin).delete(name!);
      else this.#of(origin).set(name!, value!);
    }
    const text = await answer.text();
    const to = answer.headers.get('location');
    if (to !== null && answer.status >= 300 && answer.status < 400) return this.get(new URL(to, url).href);
    return { status: answer.status, headers: answer.headers, url, text };
  }

  cookie(url: string, name: string): string | undefined {
    return this.#of(new URL(url).origin).get(name);
  }

  setCookie(url: string, name: string, value: string): void {
    this.#of(new URL(url).origin).set(name, value);
  }

  #of(origin: string): Map<string, string> {
    const known = this.#cookies.get(origin) ?? new Map<string, string>();
    this.#cookies.set(origin, known);
    return known;
  }
}
