import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { EXAMPLES } from '../dev/demo/examples.js';
import { OverHttp } from '../dev/demo/over-http.js';
import { mailedActivationCode } from '../dev/embedded/outbox.js';
import { startStack, type Stack } from '../dev/embedded/stack.js';
import { anIndividual } from './helpers/applications.js';
import { eventually } from './helpers/eventually.js';
import { ask } from './helpers/gateway.js';

/** How each language runs its example. */
const PROGRAMS: Record<string, [string, ...string[]]> = {
  Python: ['python3', 'examples/http/onboard.py'],
  TypeScript: [process.execPath, '--import', 'tsx', 'examples/http/onboard.ts'],
  Go: ['go', 'run', 'examples/http/onboard.go'],
  curl: ['sh', 'examples/http/onboard.sh'],
  'Java 17': ['java', 'examples/http/Onboard.java'],
};

describe('the examples in other languages', { timeout: 1_200_000 }, () => {
  let stack: Stack;
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'finhub-onboarding-test-'));
    stack = await startStack({ gateway: {}, sandboxArgs: ['--activation-delay', '0'] });
  });
  after(async () => {
    await stack.stop();
    await rm(folder, { recursive: true });
  });

  for (const [language, [program, ...args]] of Object.entries(PROGRAMS)) {
    test(`${language} takes a person to a transfer`, async () => {
      const application = await anIndividual();
      const documents = application.documents!.map((one) => ({ ...one, file: resolve(EXAMPLES, one.file!) }));
      const file = join(folder, `${language}.json`);
      await writeFile(file, JSON.stringify({ ...application, documents }));
      const url = stack.gatewayUrl!;
      const path = `/v1/cases/individual/${application.applicationId}`;
      const running = promisify(execFile)(program, [...args, file], {
        env: { ...process.env, GATEWAY: url, TOKEN: 'none' },
      });
      const people = (async () => {
        await eventually('it is started', async () => (await ask(url, 'GET', path)).status === 200);
        const http = new OverHttp(url);
        await http.carry(
          path,
          {
            operator: () => http.approve(path, 'op-1'),
            customer: async () =>
              http.submitActivationCode(path, await mailedActivationCode(stack.sandboxUrl, application.person.email)),
          },
          () => undefined,
        );
      })();
      const [{ stdout }] = await Promise.all([running, people]);
      assert.match(stdout, /completed LT\d+\ntransfer: completed\n$/);
    });
  }
});
