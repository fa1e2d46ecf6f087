import { test } from 'node:test';
import { conserve } from './money/conservation.js';

const seed = Number(process.env['MONEY_SEED'] ?? Math.floor(Math.random() * 1e9));

test('money is conserved and every reference paid once, whatever happens to answers and workers', async (t) => {
  t.diagnostic(`MONEY_SEED=${seed}`);
  t.diagnostic(await conserve({ transfers: 30, accounts: 2, kills: 1, changes: 1, seed }));
});
