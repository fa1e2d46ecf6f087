import { test } from 'node:test';
import { conserve } from './money/conservation.js';

const seed = Number(process.env['MONEY_SEED'] ?? Math.floor(Math.random() * 1e9));

test('money is conserved over a thousand transfers', async (t) => {
  t.diagnostic(`MONEY_SEED=${seed}`);
  t.diagnostic(await conserve({ transfers: 1000, accounts: 20, kills: 10, changes: 5, seed }));
});
