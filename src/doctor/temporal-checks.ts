import type { Client } from '@temporalio/client';
import type { WorkerConfiguration } from '../config/configurations.js';
import { EndedCases } from '../client/ended-cases.js';
import { openBlobs } from '../store/open-store.js';
import { storeId } from '../store/store-id.js';
import { connectClient } from '../temporal/connection.js';
import { retentionDays, retentionWarning } from '../temporal/retention.js';
import { ensureSearchAttributes } from '../temporal/search-attributes.js';
import { difference, pollers, sharedBy } from '../temporal/sharing.js';
import type { Check } from './finding.js';

/** Temporal: reachable, its namespace, and the workers there. */
export function temporalChecks({ temporal, keys, documentStore }: WorkerConfiguration): {
  checks: Check[];
  close: () => Promise<void>;
} {
  const { namespace, address } = temporal;
  let connected: Promise<Client> | undefined;
  const client = (): Promise<Client> => (connected ??= connectClient(temporal, keys));
  const checks: Check[] = [
    {
      what: 'Temporal',
      helps: 'check TEMPORAL_ADDRESS, TEMPORAL_TLS_* and TEMPORAL_API_KEY',
      look: async () => {
        await (await client()).workflowService.getSystemInfo({});
        return `${address} answers`;
      },
    },
    {
      what: 'namespace',
      helps: 'check TEMPORAL_NAMESPACE, or create it: npm run setup.namespace',
      look: async () => {
        await (await client()).workflowService.describeNamespace({ namespace });
        return `${namespace} exists`;
      },
    },
    {
      what: 'search attributes',
      helps: 'npm run setup.namespace adds them',
      look: async () => {
        await ensureSearchAttributes((await client()).connection, namespace);
        return 'complete';
      },
    },
    {
      what: 'retention',
      helps: 'npm run setup.namespace sets it',
      look: async () => {
        const days = await retentionDays((await client()).connection, namespace);
        const warning = retentionWarning(days, namespace);
        return warning === undefined
          ? `${days ?? 'unknown'} days`
          : [{ what: 'retention', state: 'note' as const, detail: warning }];
      },
    },
    {
      what: 'workers',
      helps: "start one (npm start), with this process's ONBOARDING_KEYS_FILE and DOCUMENT_STORE",
      look: async () => {
        const there = await pollers(await client());
        if (there.length === 0) throw new Error('none is running');
        const id = await storeId(await openBlobs(documentStore), keys).catch(() => undefined);
        const own = sharedBy(keys, id);
        for (const { identity } of there) {
          const what = difference(identity, own);
          if (what) throw new Error(`${identity.split('/')[0]} has another ${what}`);
        }
        return `${there.length} with the same key ring and document store`;
      },
    },
    {
      what: 'cases ended from outside',
      helps: 'npm run operator -- queue lists them; docs/guides/runbook.md#onboardingcasesended',
      look: async () => {
        const ended = await new EndedCases(await client()).look();
        if (ended.length > 0) throw new Error(`${ended.length}, the latest ${ended[0]!.workflowId}`);
        return 'none';
      },
    },
  ];
  const close = async (): Promise<void> => {
    const open = await connected?.catch(() => undefined);
    await open?.connection.close();
  };
  return { checks, close };
}
