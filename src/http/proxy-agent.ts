import http from 'node:http';
import https from 'node:https';
import { Agent, type AgentConnectOpts } from 'agent-base';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { getProxyForUrl } from 'proxy-from-env';

/**
 * For libraries that call by Node's own HTTP: goes through `HTTPS_PROXY` or `HTTP_PROXY`, unless `NO_PROXY` names the host, as our own calls do.
 * @param options of the connections, with a proxy and without
 */
export function proxyAgent(options: http.AgentOptions = {}): Agent {
  const direct = { http: new http.Agent(options), https: new https.Agent(options) };
  const tunnels = new Map<string, HttpsProxyAgent<string>>();
  const through = (proxy: string): HttpsProxyAgent<string> => {
    const tunnel = tunnels.get(proxy) ?? new HttpsProxyAgent(proxy, options);
    tunnels.set(proxy, tunnel);
    return tunnel;
  };
  return new (class extends Agent {
    connect(_request: http.ClientRequest, { secureEndpoint, host, port }: AgentConnectOpts): http.Agent {
      const scheme = secureEndpoint ? 'https' : 'http';
      const proxy = getProxyForUrl(`${scheme}://${host}:${port}`);
      return proxy ? through(proxy) : direct[scheme];
    }

    override destroy(): void {
      for (const agent of [direct.http, direct.https, ...tunnels.values()]) agent.destroy();
      super.destroy();
    }
  })(options);
}
