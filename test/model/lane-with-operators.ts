import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SANDBOX_TENANT } from '../../sandbox/fixtures.js';
import { signersText } from '../helpers/signers.js';
import { startRealServer, type RealServer } from './real-server.js';
import { OPERATORS, TENANT } from './review-model.js';

/** A real server whose worker knows the model's operators and reads its policy from a file that may be changed. */
export async function startModelServer(): Promise<RealServer & { policyFile: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'finhub-onboarding-test-'));
  const [policyFile, signersFile] = [join(folder, 'policy.json'), join(folder, 'signers.json')];
  const operators = OPERATORS.map(({ tenants, ...operator }) => ({
    ...operator,
    tenants: tenants.map((tenant) => (tenant === TENANT ? SANDBOX_TENANT.id : tenant)),
  }));
  await Promise.all([writeFile(policyFile, '{}'), writeFile(signersFile, signersText(operators))]);
  const server = await startRealServer({ env: { POLICY_FILE: policyFile, SIGNERS_FILE: signersFile } });
  return {
    ...server,
    policyFile,
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true });
    },
  };
}
