import { after, before, describe } from 'node:test';
import { startStronghold, type Stronghold } from '../attacks/stronghold.js';

/** Attacks on one service, which goes on through all of them. */
export function describeAttacks(name: string, ...kinds: ((hold: () => Stronghold) => void)[]): void {
  describe(name, { timeout: 1_200_000 }, () => {
    let hold: Stronghold;
    before(async () => {
      hold = await startStronghold();
    });
    after(() => hold.stop());
    for (const describeKind of kinds) describeKind(() => hold);
  });
}
