import type { Command } from 'commander';
import { makeSigningKey } from '../../proof/key-pair.js';
import { addCommand, print, say } from '../program.js';
import type { Json } from './common.js';

export function addKeygen(program: Command): void {
  addCommand(program, 'keygen', 'makes the key pair that signs your decisions', ['keygen --out op-1.key'])
    .requiredOption('--out <file>', 'for the private key; a new file that only you can read')
    .action(async ({ json, out }: Json & { out: string }) => {
      const publicKey = await makeSigningKey(out);
      print(json, { publicKey }, () => `"publicKey": ${JSON.stringify(publicKey)}`);
      if (!json)
        say(`${out} has your private key: give it to nobody. The line above goes into your entry in SIGNERS_FILE`);
    });
}
