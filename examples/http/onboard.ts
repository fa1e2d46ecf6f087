/** Takes a person or an organization through FinHub over HTTP, to a transfer: npx tsx onboard.ts application.json */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';

const { GATEWAY = 'http://127.0.0.1:8090', TOKEN = 'none' } = process.env;

async function call(method: string, path: string, body?: unknown, wait = 0): Promise<any> {
  const headers = {
    ...{ authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', prefer: `wait=${wait}` },
    'idempotency-key': randomUUID(), // the same key for a repeat
  };
  const answer = await fetch(GATEWAY + path, { method, headers, body: body && JSON.stringify(body) });
  if (!answer.ok) throw new Error(await answer.text()); // says what is wrong, and where
  return answer.json();
}

async function waitFor(path: string, target: string): Promise<any> {
  for (;;) {
    const seen = await call('GET', `${path}/wait?for=${target}`, undefined, 30);
    if (seen.reached || seen.needsAttention || seen.status.outcome) return seen.status;
  }
}

const file = process.argv[2]!;
const { consents, ...application } = JSON.parse(await readFile(file, 'utf8'));
for (const document of application.documents) {
  const path = resolve(dirname(file), document.file);
  delete document.file;
  Object.assign(document, { fileName: basename(path), content: (await readFile(path)).toString('base64') });
}
const { applicationId: name, payments, origin } = application;
const kind = 'organization' in application ? 'organization' : 'individual';
console.log('started:', (await call('PUT', `/v1/${kind}s/${name}`, application, 20)).ids);
console.log('consents:', (await call('POST', `/v1/cases/${kind}/${name}/consents`, consents)).state);
console.log('in review:', (await waitFor(`/v1/cases/${kind}/${name}`, 'review')).waitingOn);
const { status, iban, ids } = await waitFor(`/v1/cases/${kind}/${name}`, 'done'); // meanwhile operators decide
console.log(status, iban);
const amount = { value: '5.00', currency: 'EUR' };
const { customerId, accountId } = ids;
const to = {
  customerId,
  accountId,
  beneficiaryIban: payments.beneficiaries[0].iban,
  amount,
  description: 'Second instalment',
};
await call('PUT', `/v1/transfers/${name}-second`, { ...to, submittedBy: 'backoffice-web', origin });
console.log('transfer:', (await waitFor(`/v1/cases/transfer/${name}-second`, 'done')).status);
