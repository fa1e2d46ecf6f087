import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Connection } from '@temporalio/client';
import { startTemporalServer, type TemporalServer } from '../dev/embedded/temporal-server.js';
import { SEARCH_ATTRIBUTES } from '../src/lifecycle/search-attributes.js';
import { setUpNamespace, type NamespaceSetUp } from '../src/temporal/namespace.js';
import { retentionDays } from '../src/temporal/retention.js';
import { runEntry } from './helpers/command-line.js';

describe('npm run setup.namespace', { timeout: 1_200_000 }, () => {
  let server: TemporalServer;
  let connection: Connection;
  before(async () => {
    server = await startTemporalServer({ searchAttributes: {} });
    connection = await Connection.connect({ address: server.address });
  });
  after(async () => {
    await connection?.close();
    await server?.stop();
  });

  test('creates a namespace that lifecycles can live in', async () => {
    const environment = { ...process.env, TEMPORAL_ADDRESS: server.address, TEMPORAL_NAMESPACE: 'onboarding' };
    const { code, stdout, stderr } = await runEntry('setup-namespace', ['--json'], environment);
    assert.equal(code, 0, stderr);
    const { created, searchAttributesAdded } = JSON.parse(stdout) as NamespaceSetUp;
    assert.ok(created);
    assert.deepEqual(searchAttributesAdded.sort(), Object.keys(SEARCH_ATTRIBUTES).sort());
    assert.equal(await retentionDays(connection, 'onboarding'), 90);
  });

  test('brings the one of a dev server, which keeps closed workflows for a day, to 90 days; the second time there is nothing to do', async () => {
    const first = await setUpNamespace(connection, 'default');
    assert.deepEqual([first.created, first.retentionDays], [false, { before: 1, now: 90 }]);
    const second = await setUpNamespace(connection, 'default');
    assert.deepEqual(second, {
      namespace: 'default',
      created: false,
      searchAttributesAdded: [],
      retentionDays: { before: 90, now: 90 },
    });
  });

  test('says in one line what is wrong where no server answers', async () => {
    const { code, stderr } = await runEntry('setup-namespace', [], { ...process.env, TEMPORAL_ADDRESS: '127.0.0.1:1' });
    assert.equal(code, 5);
    assert.match(stderr, /^no Temporal server responds at 127\.0\.0\.1:1[^\n]*\n$/);
  });
});
