import { readFile, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { readSigningKey } from '../../proof/key-pair.js';
import { readSignatures, SIGNATURES_SUFFIX, signAsRoot } from '../../proof/root-signatures.js';
import { addCommand, print } from '../program.js';
import type { Json } from './common.js';

export function addSignSigners(program: Command): void {
  addCommand(program, 'sign-signers <file>', 'signs the signers file as one of the offline roots', [
    'sign-signers signers.json --root-key root-1.key',
  ])
    .requiredOption('--root-key <file>', "the root's private key, as keygen makes it")
    .action(async (file: string, { json, rootKey }: Json & { rootKey: string }) => {
      const signature = await signAsRoot(await readFile(file), await readSigningKey(rootKey));
      const beside = file + SIGNATURES_SUFFIX;
      const others = await readSignatures(beside);
      await writeFile(beside, `${JSON.stringify([...others, signature], undefined, 2)}\n`);
      print(json, { file: beside, signatures: others.length + 1 }, () => `${beside}: ${others.length + 1} signatures`);
    });
}
