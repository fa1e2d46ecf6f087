import { EnvHttpProxyAgent, request } from 'undici';
import type { WorkerConfiguration } from '../config/configurations.js';
import { CATALOGUE } from '../finhub/catalogue/index.js';
import { FinHubClient } from '../finhub/client.js';
import type { Check } from './finding.js';

/** Milliseconds that clocks may differ: tokens and signatures contain times. */
export const CLOCK_TOLERANCE_MS = 30_000;

/** FinHub: reachable, its clock, and each login of the service. Logs in once each, because refusals lead to a lock. */
export function finHubChecks({ finhub, notifications }: WorkerConfiguration): {
  checks: Check[];
  close: () => Promise<void>;
} {
  const client = new FinHubClient(finhub);
  const dispatcher = new EnvHttpProxyAgent();
  const ask = async (url: string) => {
    const { statusCode, headers, body } = await request(url, { dispatcher, method: 'HEAD' });
    await body.dump();
    return { statusCode, date: headers['date'] };
  };
  const { tenantId } = finhub;
  const hierarchy = (actAs: 'admin' | 'powerTenant') =>
    client.call(CATALOGUE.getCategorizationHierarchy, { tenantId }, { key: 'doctor', actAs });
  const checks: Check[] = [
    {
      what: 'FinHub',
      helps: 'check FINHUB_BASE_URL, the network, HTTPS_PROXY and NODE_EXTRA_CA_CERTS',
      look: async () => `${finhub.baseUrl} answers ${(await ask(finhub.baseUrl)).statusCode}`,
    },
    {
      what: "clock against FinHub's",
      helps: "synchronize this machine's clock by NTP",
      look: async () => clockDetail((await ask(finhub.baseUrl)).date),
    },
    {
      what: "login of the tenant's admin",
      helps:
        'if FinHub refuses it, correct FINHUB_ADMIN_…, FINHUB_TENANT_KEY and FINHUB_TENANT_SECRET; five refusals lock the account for 30 minutes',
      look: async () => (await hierarchy('admin'), 'FinHub accepts it'),
    },
    {
      what: 'login of the power tenant',
      helps: 'if FinHub refuses it, correct FINHUB_POWER_TENANT_…',
      look: async () =>
        finhub.powerTenant
          ? (await hierarchy('powerTenant'), 'FinHub accepts it')
          : [note('login of the power tenant', "not configured: high-risk cases wait for FinHub's portal")],
    },
    {
      what: 'key of the older API',
      helps: 'correct FINHUB_API_KEY and FINHUB_LEGACY_BASE_URL',
      look: async () => {
        if (!finhub.legacy)
          return [note('key of the older API', 'not configured: a person decides where only it could show the answer')];
        await client.call(CATALOGUE.listCustomersByStatus, { customerStatus: 'ACTIVE' }, { key: 'doctor' });
        return 'FinHub accepts it';
      },
    },
    {
      what: 'NOTIFY_URL',
      helps: 'check NOTIFY_URL, the network and HTTPS_PROXY',
      look: async () =>
        notifications
          ? `${notifications.url} answers ${(await ask(notifications.url)).statusCode}`
          : [note('NOTIFY_URL', 'not set: no notifications are sent')],
    },
  ];
  return { checks, close: () => client.close() };
}

const note = (what: string, detail: string) => ({ what, state: 'note' as const, detail });

/** @throws Error if the clocks differ too much */
export function clockDetail(date: unknown, now = Date.now()): string {
  const theirs = typeof date === 'string' ? Date.parse(date) : Number.NaN;
  if (Number.isNaN(theirs)) return 'its response has no time';
  const seconds = Math.round((now - theirs) / 1000);
  if (Math.abs(now - theirs) > CLOCK_TOLERANCE_MS) throw new Error(`this machine is ${seconds} s off`);
  return `${seconds} s apart`;
}
