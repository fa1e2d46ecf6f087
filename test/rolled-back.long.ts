import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Child } from '../dev/embedded/child-process.js';
import { plotOf, type Acknowledged } from './chaos/plots.js';
import { Rig } from './chaos/rig.js';
import { madeTwice } from './helpers/finhub.js';

const LIFECYCLES = Number(process.env['ROLLED_BACK'] ?? 30);
const CONCURRENCY = 15;
const LIMIT_MS = Number(process.env['LIMIT_MINUTES'] ?? 15) * 60_000;

describe('Temporal restored from an older backup, with FinHub ahead of it', { timeout: 2 * LIMIT_MS }, () => {
  test('takes over what FinHub has, and does nothing twice', async (t) => {
    const rig = await Rig.start({ workers: 2, faultRate: 0, seed: 1 });
    let client: Child | undefined;
    try {
      const numbers = Array.from({ length: LIFECYCLES }, (_, number) => number);
      let heard: Acknowledged[] = [];
      const startClient = () =>
        rig.startClient(numbers, CONCURRENCY, (line) => heard.push(JSON.parse(line) as Acknowledged));
      const until = async (what: string, isThere: () => boolean): Promise<void> => {
        for (const end = Date.now() + LIMIT_MS; !isThere(); await pause(50)) {
          if (Date.now() < end) continue;
          const open = numbers.filter((number) => !ended().has(number));
          const last = open.map((number) => heard.findLast((line) => line.number === number) ?? number);
          assert.fail(`${what}: ${JSON.stringify(last)}`);
        }
      };
      const ended = () => new Set(heard.filter(({ what }) => what === 'ended').map(({ number }) => number));

      client = await startClient();
      await until('a quarter has ended', () => ended().size >= LIFECYCLES / 4);
      await rig.backUpTemporal();
      const known = heard.length;
      await until('half of the rest has ended', () => ended().size >= (3 * LIFECYCLES) / 4);
      await client.kill();
      const made = (await rig.finhub.ledger()).length;
      await rig.restoreTemporal();
      const lost = heard.length - known;

      heard = [];
      // Backends hand over again what they have, customers and operators are asked again.
      client = await startClient();
      await until('all have ended', () => ended().size === LIFECYCLES);

      const ledger = await rig.finhub.ledger();
      assert.deepEqual(madeTwice(ledger), []);
      assert.ok(await rig.finhub.isBalanced());
      const results = heard.flatMap((line) => (line.what === 'ended' ? [[line.number, line.result] as const] : []));
      for (const [number, result] of results) assert.equal(result, plotOf(number).ends, `application ${number}`);
      assert.ok(lost > 0, 'nothing was acknowledged between backup and disaster, so that this proves nothing');
      const attentions = heard.filter(({ what }) => what === 'attention').length;
      t.diagnostic(
        `${LIFECYCLES} lifecycles; ${made} objects at FinHub when Temporal was restored, ${ledger.length} in the end; ` +
          `${lost} acknowledgements were lost with the backup; ${attentions} questions needed a person's retry`,
      );
    } finally {
      await client?.kill();
      await rig.stop();
    }
  });
});
