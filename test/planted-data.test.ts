import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { request } from 'undici';
import { exampleIndividual } from '../dev/demo/examples.js';
import type { Child } from '../dev/embedded/child-process.js';
import { mailedActivationCode } from '../dev/embedded/outbox.js';
import { startStack, type Stack } from '../dev/embedded/stack.js';
import type { IndividualInput } from '../src/client/index.js';

/*
 * An application full of marked values goes every way there is; afterwards the marks are searched wherever they do not belong: Temporal's raw
 * database, the histories as Temporal holds them, logs of all processes at debug level, notifications, the document store's files.
 */

const SECRETS = { password: 'Zq7-Mark-Password!', wrongCode: 'MARKCODE_4711' };
const PERSONAL = {
  firstName: 'Markfirstname',
  lastName: 'Marklastname',
  email: 'mark.mailbox@mail.example',
  phone: '+37061234987',
  street: 'Markstreet 99',
  beneficiary: 'Markbeneficiary Payee',
  iban: 'LT717300010123456789',
  document: 'MARK-DOCUMENT-CONTENT',
  internalReason: 'MARK-INTERNAL-REASON',
  customerReason: 'MARK-CUSTOMER-REASON',
};

async function marked(applicationId: string): Promise<IndividualInput> {
  const application = await exampleIndividual(applicationId);
  application.password = SECRETS.password;
  Object.assign(application.person, {
    firstName: PERSONAL.firstName,
    lastName: PERSONAL.lastName,
    email: applicationId === 'marked-1' ? PERSONAL.email : `${applicationId}.${PERSONAL.email}`,
    phone: PERSONAL.phone,
  });
  application.person.address.street = PERSONAL.street;
  for (const beneficiary of application.payments?.beneficiaries ?? []) beneficiary.name = PERSONAL.beneficiary;
  application.documents = application.documents!.map(({ type }) => ({
    type,
    fileName: `${type}.pdf`,
    content: Buffer.from(`%PDF-1.4\n${PERSONAL.document} ${type} ${applicationId}\n%%EOF\n`),
  }));
  return application;
}

async function until(
  stack: Stack,
  id: string,
  what: string,
  met: (status: Awaited<ReturnType<Stack['client']['status']>>) => boolean,
) {
  for (const end = Date.now() + 60_000; ; await new Promise((done) => setTimeout(done, 50))) {
    const status = await stack.client.status(id);
    if (met(status)) return status;
    assert.ok(Date.now() < end, `${id}: ${what}; last seen ${JSON.stringify(status)}`);
  }
}
const inReview = (status: Awaited<ReturnType<Stack['client']['status']>>) =>
  !status.stale && status.review.stage === 'inReview';

test('nothing readable where it does not belong', { timeout: 1_200_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'planted-'));
  const told: string[] = [];
  const receiver = createServer((incoming, answer) => {
    incoming.on('data', (chunk: Buffer) => told.push(chunk.toString()));
    incoming.on('end', () => answer.end());
  });
  await new Promise<void>((listening) => receiver.listen(0, '127.0.0.1', listening));
  const stack = await startStack({
    dbFilename: join(folder, 'temporal.db'),
    workerEnv: {
      LOG_LEVEL: 'trace',
      FINHUB_TIMEOUT_MS: '2000',
      NOTIFY_URL: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`,
      NOTIFY_SECRET: `whsec_${Buffer.alloc(24, 7).toString('base64')}`,
    },
  });
  let second: Child | undefined;
  try {
    const { client, sandboxUrl } = stack;
    const fault = (body: object) =>
      request(`${sandboxUrl}/__sandbox/faults`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const decide = (id: string, verdict: 'approve' | 'reject') =>
      client.decide(id, {
        decisionId: `d-${id}`,
        round: 1,
        verdict,
        operator: { id: 'op-1' },
        internalReason: PERSONAL.internalReason,
        customerReason: PERSONAL.customerReason,
      });

    // Failures on the way, a wrong code, a worker that dies, and the end.
    await fault({ method: 'POST', path: '/api/v2.1/customer/individual/registration', kind: 'drop', times: 1 });
    const happy = (await client.startIndividual(await marked('marked-1'))).workflowId;
    await until(stack, happy, 'in review', inReview);
    await stack.worker.kill();
    second = await stack.startWorker();
    await decide(happy, 'approve');
    await until(
      stack,
      happy,
      'waits for the code',
      (status) => !status.stale && status.waitingOn?.what === 'activation code',
    );
    await client.submitActivationCode(happy, SECRETS.wrongCode);
    await until(
      stack,
      happy,
      'asks again',
      (status) => !status.stale && status.requirements.some(({ message }) => message.includes('not accepted')),
    );
    const code = await mailedActivationCode(sandboxUrl, PERSONAL.email);
    await client.submitActivationCode(happy, code);
    await client.wait(happy, 'done', { timeoutMs: 30_000 });

    // Rejected, for a reason that stays inside.
    const rejected = (await client.startIndividual(await marked('marked-2'))).workflowId;
    await until(stack, rejected, 'in review', inReview);
    await decide(rejected, 'reject');
    await client.wait(rejected, 'done', { timeoutMs: 30_000 });

    // In need of attention, with an e-mail that FinHub knows already.
    const stuck = await marked('marked-3');
    stuck.person.email = PERSONAL.email;
    const attention = (await client.startIndividual(stuck)).workflowId;
    await until(stack, attention, 'needs attention', (status) => status.status === 'needsAttention');

    const ids = [happy, rejected, attention];
    const { workflowService } = client.temporal;
    const raw = await Promise.all(
      ids.map(async (workflowId) => {
        const execution = { workflowId };
        const { history } = await workflowService.getWorkflowExecutionHistory({ namespace: 'default', execution });
        const described = await workflowService.describeWorkflowExecution({ namespace: 'default', execution });
        return JSON.stringify([history, described], (_key, value: unknown) =>
          value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
        );
      }),
    );
    const status = await client.status(rejected);
    assert.ok(
      JSON.stringify(status).includes(PERSONAL.customerReason),
      'the customer is told the reason meant for them',
    );
    assert.ok(!JSON.stringify(status).includes(PERSONAL.internalReason), 'and not the other');

    await stack.worker.stop();
    await second.stop();
    const logs = [stack.worker.output(), second.output()];
    const cli = await promisify(execFile)(
      process.execPath,
      ['--import', import.meta.resolve('tsx'), 'src/operator.ts', 'show', rejected, '--json'],
      { env: { ...process.env, ...stack.environment } },
    ).catch((error: { stderr: string }) => ({ stdout: '', stderr: error.stderr }));
    logs.push(cli.stderr);

    const places: Record<string, string> = {
      histories: raw.join('\n'),
      logs: logs.join('\n'),
      notifications: told.join('\n'),
      'database file': await contents(folder),
      'document store': await contents(stack.environment['DOCUMENT_STORE']!),
    };
    for (const place of ['histories', 'logs', 'notifications', 'database file', 'document store']) {
      assert.ok(places[place]!.length > 100, `${place} hold something to search`);
    }
    for (const [place, text] of Object.entries(places)) {
      for (const [name, mark] of Object.entries({ ...SECRETS, ...PERSONAL, activationCode: code })) {
        for (const form of [
          mark,
          Buffer.from(mark).toString('base64').replace(/=+$/, '').slice(0, -1),
          encodeURIComponent(mark),
        ]) {
          const found = text.indexOf(form);
          assert.equal(
            found,
            -1,
            `${name} is readable in the ${place}: …${text.slice(Math.max(0, found - 300), found + 40)}`,
          );
        }
      }
    }
    // The search itself works: what does belong there is found.
    assert.ok(places['histories']!.includes('marked-1') && places['database file']!.includes('marked-1'));
  } finally {
    await second?.stop();
    await stack.stop();
    receiver.close();
    await rm(folder, { recursive: true, force: true });
  }
});

/** All bytes of the files in a folder, as text that a search can go through. */
async function contents(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const read = files.map((file) =>
    readFile(file, 'latin1').catch((error: NodeJS.ErrnoException) => {
      // A database that is in use takes its journal away.
      if (error.code !== 'ENOENT') throw error;
      return '';
    }),
  );
  return (await Promise.all(read)).join('\n');
}
