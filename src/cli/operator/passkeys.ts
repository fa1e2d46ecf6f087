import { readFile, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { z } from 'zod';
import { InvalidInput } from '../../client/index.js';
import { parseJson } from '../../files/json.js';
import { checkEnrolment, fingerprintOf, NotEnrolled, passkeyEntry, vouchFor } from '../../proof/enrolment.js';
import { readSigningKey } from '../../proof/key-pair.js';
import { readSigners, signersFile } from '../../proof/signers-file.js';
import { readJson } from '../input.js';
import { addCommand, print, say } from '../program.js';
import { AS, type Json } from './common.js';

interface VouchFlags extends Json {
  as: string;
  key: string;
  for: string;
}

const enrolmentFile = z.strictObject({ enrolment: z.string() });

/** How a passkey that the console has made comes into the signers file: one operator vouches for another's. */
export function addPasskeys(program: Command): void {
  addCommand(program, 'vouch', "says that a passkey is another operator's own, for the signers file", [
    'vouch passkey.json --for op-1 --as op-2 --key op-2.key > enrolment.json',
  ])
    .argument('<file>', "the passkey, as the console's page of keys prints it")
    .requiredOption('--for <operator>', 'whose passkey it is')
    .requiredOption(...AS)
    .requiredOption('--key <file>', 'your private key')
    .action(async (file: string, { as, key, for: operator }: VouchFlags) => {
      const passkey = passkeyEntry.safeParse((await readJson(file)).content).data;
      if (!passkey) throw invalid(file, 'is no passkey as the console prints it');
      const enrolment = await vouchFor({ operator, passkey }, { voucher: as, key: await readSigningKey(key) });
      say(`fingerprint ${fingerprintOf(passkey)}: hand this on only if ${operator} reads you the same one`);
      print(true, { enrolment }, String);
    });

  addCommand(program, 'enrol', 'puts a passkey that somebody vouches for into the signers file', [
    'enrol signers.json enrolment.json',
  ])
    .argument('<signers>', 'the signers file, which gets the next version')
    .argument('<file>', 'the enrolment, as "vouch" prints it')
    .action(async (path: string, file: string, { json }: Json) => {
      const enrolment = enrolmentFile.safeParse((await readJson(file)).content).data?.enrolment;
      if (enrolment === undefined) throw invalid(file, 'is no enrolment as "vouch" prints it');
      const set = await (await signersFile(path)).current();
      const { operator, passkey, voucher } = await checkEnrolment(enrolment, set, new Date()).catch(
        (error: unknown) => {
          throw error instanceof NotEnrolled ? invalid(file, error.message) : error;
        },
      );
      const whole = parseJson(await readFile(path)) as {
        version: number;
        signers: { id: string; passkeys?: object[] }[];
      };
      whole.version += 1;
      const entry = whole.signers.find(({ id }) => id === operator)!;
      entry.passkeys = [...(entry.passkeys ?? []), passkey];
      const text = `${JSON.stringify(whole, undefined, 2)}\n`;
      await readSigners(path, Buffer.from(text));
      await writeFile(path, text);
      const { version } = whole;
      print(json, { version, operator, voucher }, () => `${path}: version ${version} has the passkey of ${operator}`);
    });
}

function invalid(path: string, message: string): InvalidInput {
  return new InvalidInput('the command', [{ path, message }]);
}
