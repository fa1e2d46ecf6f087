import { once } from 'node:events';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import type { JWK } from 'jose';
import { OnboardingClient } from '../../src/client/index.js';
import type { Signing } from '../../src/client/signing.js';
import { startTemporalServer } from '../../dev/embedded/temporal-server.js';
import { makeSigningKey, readSigningKey } from '../../src/proof/key-pair.js';
import { signersFile as readSigners } from '../../src/proof/signers-file.js';
import { SANDBOX_TENANT } from '../../sandbox/fixtures.js';
import { parseKeyRing } from '../../src/secrets/key-ring.js';
import { openDocumentStore } from '../../src/store/open-store.js';
import { searchAttributeTypes } from '../../src/temporal/search-attributes.js';
import { keepMachineClock } from '../helpers/clock.js';
import { KEYS, speaking, startLane, type Lane, type LaneOptions } from '../helpers/lane.js';
import { bundled, quiet } from '../helpers/time-skipping.js';
import { Attacker } from './attacker.js';

const NAMESPACE = 'default';
const ENVIRONMENT = 'attacks';

/** Who signs: a backend's program, a gateway, and operators with their levels. */
const SIGNERS = {
  backend: { role: 'client' },
  gateway: { role: 'gateway' },
  'op-1': { role: 'operator', level: 'TENANT' },
  'op-2': { role: 'operator', level: 'POWER_TENANT' },
  'op-3': { role: 'operator', level: 'POWER_TENANT' },
} as const;
export type SignerId = keyof typeof SIGNERS;
const ALL = Object.keys(SIGNERS) as SignerId[];

/** Signs in the gateway's name with a key that the signers file does not have. */
const IMPOSTOR = 'impostor';
export type Hand = SignerId | typeof IMPOSTOR;

/** Two people decide on an organization, one on an individual; documents are kept for a time. */
const POLICY = {
  default: { review: { organization: { HIGH: { quorum: 2 } } }, documents: { keptDays: 1000 } },
};

/** The service as it is run in production, its people, and somebody with Temporal's API. */
export interface Stronghold {
  lane: Lane;
  /** Of workers. */
  connection: NativeConnection;
  attacker: Attacker;
  /** Each notification that came, as `<workflow id>#<number>`; repeats included. */
  notified: string[];
  signing: Record<Hand, Signing>;
  /** The worker's variables. */
  env: Record<string, string | undefined>;
  /** A client for whom it speaks, with a key of its own. */
  as(signer: SignerId): OnboardingClient;
  /** A client that has the key ring and no signer's key. */
  unsigned: OnboardingClient;
  /** Writes the signers file anew, with these only. */
  admit(...signers: SignerId[]): Promise<void>;
  /** Stops the worker, and starts another one. */
  restart(options?: LaneOptions): Promise<void>;
  /** Stops the worker; `restart` brings one back. */
  withoutWorker(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts it on a dev server of its own: encrypted payloads only, and proof for everything. */
export async function startStronghold(env: Record<string, string> = {}): Promise<Stronghold> {
  quiet();
  keepMachineClock();
  const closing: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closing.splice(0).reverse()) await close();
  };
  try {
    const folder = await mkdtemp(join(tmpdir(), 'finhub-onboarding-attacks-'));
    closing.push(() => rm(folder, { recursive: true }));
    const people = await keysIn(folder);
    const signersFile = join(folder, 'signers.json');
    const policyFile = join(folder, 'policy.json');
    let version = 0;
    const admit = async (...signers: SignerId[]): Promise<void> => {
      version += 1;
      const entries = signers.map((id) => ({
        ...{ id, tenants: ['*'], ...SIGNERS[id] },
        keys: [{ publicKey: people.open[id] }],
      }));
      // In one go, since workers read it at any time.
      await writeFile(`${signersFile}.new`, JSON.stringify({ version, signers: entries }));
      await rename(`${signersFile}.new`, signersFile);
    };
    await admit(...ALL);
    await writeFile(policyFile, JSON.stringify(POLICY));

    const notified: string[] = [];
    const receiver = await receive(notified);
    closing.push(() => closed(receiver.server));
    const server = await startTemporalServer({ searchAttributes: searchAttributeTypes });
    closing.push(() => server.stop());
    const { address } = server;
    const connection = await NativeConnection.connect({ address });
    closing.push(() => connection.close());
    const clientConnection = await Connection.connect({ address });
    closing.push(() => clientConnection.close());
    const attacker = await Attacker.connect(address, NAMESPACE);
    closing.push(() => attacker.close());

    const temporal = new Client({ connection: clientConnection, namespace: NAMESPACE, ...speaking(NAMESPACE) });
    const options: LaneOptions = {
      signing: people.signing.backend,
      env: {
        ...{ ENVIRONMENT_NAME: ENVIRONMENT, SIGNERS_FILE: signersFile, POLICY_FILE: policyFile },
        ...{ REQUIRE_PROOF: 'true', ENCRYPTED_PAYLOADS_ONLY: 'true', FINHUB_INDIVIDUAL_ACTIVATION: 'admin' },
        ...{ DOCUMENT_STORE: join(folder, 'documents'), FINHUB_VERDICT_POLL_SECONDS: '1' },
        ...{ NOTIFY_URL: receiver.url, NOTIFY_SECRET: SECRET, ...env },
      },
    };
    const workflowBundle = await bundled();
    const lane = await startLane({ connection, temporal, worker: { workflowBundle } }, options);
    closing.push(() => lane.stop());
    const keys = parseKeyRing(KEYS);
    const store = await openDocumentStore(join(folder, 'documents'), keys);
    const signers = await readSigners(signersFile);
    const clientWith = (signing?: Signing): OnboardingClient =>
      new OnboardingClient({
        ...{ temporal, keys, store, signing, signers, tenantId: SANDBOX_TENANT.id },
        ...{ answerSeconds: 60, questionSeconds: 30 },
      });
    return {
      lane,
      connection,
      attacker,
      notified,
      signing: people.signing,
      env: options.env!,
      as: (signer) => clientWith(people.signing[signer]),
      unsigned: clientWith(),
      admit,
      restart: (changed = {}) => lane.restart({ ...changed, env: { ...options.env, ...changed.env } }),
      withoutWorker: () => lane.stopWorker(),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const SECRET = `whsec_${Buffer.from('a secret of thirty-two bytes or so').toString('base64')}`;

async function keysIn(folder: string) {
  const made = await Promise.all(
    [...ALL, IMPOSTOR].map(async (hand) => {
      const path = join(folder, `${hand}.key`);
      const open = await makeSigningKey(path);
      const signerId = hand === IMPOSTOR ? 'gateway' : hand;
      return { hand, open, signing: { signerId, key: await readSigningKey(path), environment: ENVIRONMENT } };
    }),
  );
  return {
    open: Object.fromEntries(made.map(({ hand, open }) => [hand, open])) as Record<Hand, JWK>,
    signing: Object.fromEntries(made.map(({ hand, signing }) => [hand, signing])) as Record<Hand, Signing>,
  };
}

async function receive(notified: string[]): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    notified.push(String(request.headers['webhook-id']));
    request.resume().on('end', () => response.writeHead(204).end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` };
}

async function closed(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}
