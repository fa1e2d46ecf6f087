import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Cell } from './cells.js';
import { Rig } from './rig.js';

const LANES = 8;

/** Runs cells as a test each, and sees to it that none was left out. */
export function runCells(what: string, cells: readonly Cell[]): void {
  describe(what, () => {
    let rig: Rig;
    before(async () => {
      rig = await Rig.start();
    });
    after(() => rig.stop());

    test('every object is made once, and the call comes to what its class says', { concurrency: LANES }, async (t) => {
      const left = [...cells];
      let run = 0;
      const lane = function* (): Iterable<Cell> {
        for (let cell = left.shift(); cell; cell = left.shift()) yield cell;
      };
      await Promise.all(
        Array.from({ length: LANES }, () =>
          rig.lane(lane(), async (cell, carryOut) => {
            const { operation, fault, again } = cell;
            await t.test(`${operation}${again ? ' again' : ''}, ${fault}`, carryOut);
            run += 1;
          }),
        ),
      );
      t.diagnostic(`${run} cells`);
      assert.equal(run, cells.length);
    });
  });
}
