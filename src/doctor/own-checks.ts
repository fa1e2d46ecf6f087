import { randomUUID } from 'node:crypto';
import type { WorkerConfiguration } from '../config/configurations.js';
import { signersFile } from '../proof/signers-file.js';
import { policyFile } from '../policies/policy-file.js';
import { encryptedStore } from '../store/encrypted-store.js';
import { openBlobs } from '../store/open-store.js';
import { storeId } from '../store/store-id.js';
import type { Check } from './finding.js';

/** The smallest document that the store accepts. */
const PROBE = Buffer.from('%PDF-1.4\n% doctor\n%%EOF\n');

/** Keys, documents and files on this machine. */
export function ownChecks({
  keys,
  documentStore,
  signersFile: operators,
  policyFile: policies,
}: WorkerConfiguration): Check[] {
  return [
    {
      what: 'key ring',
      helps: 'see docs/reference/security.md#keys',
      // If others can read it, the configuration reports that.
      look: () => Promise.resolve(`keys ${[...keys.keys.keys()].join(', ')}; ${keys.current} is current`),
    },
    {
      what: 'document store',
      helps: 'check DOCUMENT_STORE, its permissions, credentials and free space',
      look: async () => {
        const blobs = await openBlobs(documentStore);
        await storeId(blobs, keys);
        const store = encryptedStore(blobs, keys);
        const reference = await store.put(PROBE, { documentId: probeId(), type: 'OTHER', fileName: 'doctor.pdf' });
        try {
          await store.get(reference);
        } finally {
          await store.remove(reference.documentId);
        }
        return 'a document was written, read and removed';
      },
    },
    {
      what: 'operators',
      helps: 'fix the file that SIGNERS_FILE names',
      look: async () => (await signersFile(operators), `${operators} is usable`),
    },
    {
      what: 'policies',
      helps: 'fix the file that POLICY_FILE names',
      look: async () => (await policyFile(policies), policies ? `${policies} is usable` : 'the built-in policy counts'),
    },
  ];
}

const probeId = (): string => randomUUID();
