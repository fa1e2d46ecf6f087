import type { KeyRing } from '../../secrets/key-ring.js';
import type { Command } from 'commander';
import { CaseClient, connectClient, signingOf } from '../../client/index.js';
import { say } from '../program.js';
import { proveShared, sharedBy } from '../../temporal/sharing.js';
import { loadEnvironment } from '../../config/environment.js';

/** The options of every operator command. */
export interface Json {
  json?: boolean;
}

/** The options of commands that send a message. */
export interface Sender extends Json {
  as: string;
  key?: string;
}

export const EXAMPLE_ID = 'individual/TENANT/ind-2025-0001';
export const AS = ['--as <operator>', 'your id in the signers file'] as const;
const KEY = ['--key <file>', 'your private key for signing; by default SIGNING_KEY_FILE'] as const;

let sender: Partial<Sender> = {};

/** Adds the option to sign to every command that sends an operator's message. */
export function signAsSender(program: Command): void {
  for (const command of program.commands) {
    const has = (name: string): boolean => command.options.some(({ long }) => long === name);
    if (has('--as') && !has('--key')) command.option(...KEY);
  }
  program.hook('preAction', (_program, command) => void (sender = command.opts()));
}

/** Runs a command with a client, and closes it afterwards. */
export async function withClient(use: (client: CaseClient, keys: KeyRing) => Promise<void>): Promise<void> {
  const config = loadEnvironment('operator');
  const { temporal: settings, keys, tenantId } = config;
  const signing = await signingOf(config, sender);
  const temporal = await connectClient(settings, keys);
  try {
    const prove = async (): Promise<void> => {
      const note = await proveShared(temporal, sharedBy(keys, undefined));
      if (note !== undefined) say(note);
    };
    await use(new CaseClient({ temporal, tenantId, signing, proveShared: prove }), keys);
  } finally {
    await temporal.connection.close();
  }
}
