import { EnvHttpProxyAgent, fetch as undiciFetch } from 'undici';

/**
 * For libraries that call by `fetch`: goes through `HTTPS_PROXY` or `HTTP_PROXY`, unless `NO_PROXY` names the host, as our own calls do. Node's own
 * fetch knows no proxy.
 */
export function proxiedFetch(): typeof fetch {
  const dispatcher = new EnvHttpProxyAgent();
  const through = (url: string, { headers, ...options }: { headers?: HeadersInit } = {}): Promise<unknown> =>
    undiciFetch(url, { ...options, headers: Object.fromEntries(new Headers(headers)), dispatcher });
  return through as unknown as typeof fetch;
}
