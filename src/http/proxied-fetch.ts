import { EnvHttpProxyAgent, fetch as undiciFetch } from 'undici';

/** For libraries that call by `fetch`: goes through `HTTPS_PROXY` or `HTTP_PROXY`, unless `NO_PROXY` names the host, as our own calls do. */
export function proxiedFetch(): typeof fetch {
  const dispatcher = new EnvHttpProxyAgent();
  const through = (input: string | URL, options: object = {}): Promise<unknown> =>
    undiciFetch(input, { ...options, dispatcher });
  return through as unknown as typeof fetch;
}
