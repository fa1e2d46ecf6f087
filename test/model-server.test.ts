import { test } from 'node:test';
import { startModelServer } from './model/lane-with-operators.js';
import { driveRandomly } from './model/on-server.js';

test('cases on a real server answer and stand as the model says, over 6 random sequences', async (t) => {
  const server = await startModelServer();
  t.after(() => server.stop());
  await driveRandomly(server.lane, server.policyFile, 6);
});
