import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { startChild } from '../dev/embedded/child-process.js';
import { freePort } from '../dev/embedded/ports.js';
import { findTemporalBinary } from '../dev/embedded/temporal-binary.js';
import { startTemporalServer } from '../dev/embedded/temporal-server.js';

describe('the embedded Temporal server', () => {
  it('serves its namespace with the search attributes, and stops', async () => {
    const server = await startTemporalServer({
      searchAttributes: { LifecyclePhase: 'Keyword', ReviewDueAt: 'Datetime' },
      namespace: 'onboarding',
    });
    try {
      const connection = await Connection.connect({ address: server.address });
      const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace: 'onboarding' });
      await connection.close();
      assert.ok(customAttributes['LifecyclePhase'] && customAttributes['ReviewDueAt']);
    } finally {
      await server.stop();
    }
    assert.equal(isRunning(server.pid), false);
    assert.equal(await isListening(server.address), false);
  });

  it('says which port is taken', async () => {
    const server = await startTemporalServer({ searchAttributes: {} });
    try {
      const port = Number(server.address.split(':')[1]);
      await assert.rejects(startTemporalServer({ searchAttributes: {}, port }), new RegExp(`port ${port} .*is taken`));
    } finally {
      await server.kill();
    }
  });

  it('fails with the end of its log', async () => {
    const options = { searchAttributes: { LifecyclePhase: 'Nonsense' } };
    await assert.rejects(startTemporalServer(options), /invalid search attribute value type "Nonsense"/);
  });

  it('ends when the process that started it is killed', async () => {
    const port = await freePort();
    const module = new URL('../dev/embedded/temporal-server.ts', import.meta.url).href;
    const script = `
      import { startTemporalServer } from '${module}';
      const { address } = await startTemporalServer({ searchAttributes: {}, port: ${port} });
      console.log('serving', address);`;
    const parent = await startChild(
      process.execPath,
      ['--import', import.meta.resolve('tsx'), '--input-type=module', '--eval', script],
      { ready: /^serving (\S+)$/ },
    );
    const address = parent.firstMatch?.[1] ?? '';
    assert.equal(await isListening(address), true);

    process.kill(parent.pid, 'SIGKILL');
    await parent.exited;
    assert.ok(await within(20_000, async () => !(await isListening(address))), 'the server is still there');
  });
});

describe('a child process', () => {
  it('is ready when it says so, and ends in good order when it is stopped', async () => {
    const child = await startChild(
      process.execPath,
      [
        '--eval',
        `process.on('SIGTERM', () => process.exit(7)); console.error('warming up'); setInterval(() => {}, 1000); console.log('port', process.env.PORT);`,
      ],
      { env: { PORT: '4711' }, ready: /^port (\d+)$/ },
    );
    assert.equal(child.firstMatch?.[1], '4711');
    await child.stop();
    assert.deepEqual(await child.exited, { code: 7, signal: null });
    assert.match(child.output(), /warming up/);
  });

  it('that ends before it is ready is an error with its last words', async () => {
    const args = ['--eval', `console.error('no configuration'); process.exit(3)`];
    await assert.rejects(
      startChild(process.execPath, args, { ready: /ready/ }),
      /ended before it was ready, exit code 3\nno configuration$/,
    );
  });
});

describe('the Temporal CLI on the PATH', () => {
  const path = process.env['PATH'] ?? '';
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'path-'));
    process.env['PATH'] = `${folder}${delimiter}${path}`;
  });
  afterEach(async () => {
    process.env['PATH'] = path;
    await rm(folder, { recursive: true });
  });

  /** Puts a CLI that only knows its version first on the PATH. */
  async function install(version: string): Promise<void> {
    const script = `#!/bin/sh\necho 'temporal version ${version} (Server 1.32.0, UI 2.54.1)'\n`;
    await writeFile(join(folder, 'temporal'), script, { mode: 0o755 });
  }

  it('is preferred', async () => {
    await install('1.10.2');
    assert.deepEqual(await findTemporalBinary('temporal'), {
      path: join(folder, 'temporal'),
      source: 'PATH',
      version: '1.10.2',
    });
  });

  it('is passed over, and said to be, when it is too old', async () => {
    await install('1.4.1');
    const lines: string[] = [];
    const found = await findTemporalBinary('temporal', { onProgress: (line) => lines.push(line) });
    assert.notEqual(found.path, join(folder, 'temporal'));
    assert.match(lines[0] ?? '', /passing over .* 1\.5 or newer \(temporal version 1\.4\.1/);
  });
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function isListening(address: string): Promise<boolean> {
  const [host = '', port] = address.split(':');
  const socket = connect(Number(port), host);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function within(milliseconds: number, condition: () => Promise<boolean>): Promise<boolean> {
  const deadline = Date.now() + milliseconds;
  while (Date.now() < deadline) {
    if (await condition()) return true;
    await sleep(50);
  }
  return false;
}
