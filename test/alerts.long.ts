import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { prometheus } from './deploy/tools.js';

const FOLDER = fileURLToPath(new URL('../deploy/prometheus', import.meta.url));
const RULES = 'onboarding.rules.yml';
const TESTS = 'onboarding.test.yml';
const run = promisify(execFile);

interface Rules {
  groups: { rules: { alert?: string }[] }[];
}

interface UnitTests {
  tests: { alert_rule_test?: { alertname: string; exp_alerts: unknown[] }[] }[];
}

describe('the alerts', { timeout: 600_000 }, () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'alerts-test-'));
    await cp(FOLDER, folder, { recursive: true });
    await prometheus('promtool');
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const check = async (what: 'check' | 'test', file: string) =>
    run(await prometheus('promtool'), [what, 'rules', join(folder, file)]);
  const read = async <T>(file: string): Promise<T> => parse(await readFile(join(folder, file), 'utf8')) as T;

  it('are rules that Prometheus takes', async () => {
    await check('check', RULES);
  });

  it('fire when they should and stop when their cause is gone, each of them', async () => {
    await check('test', TESTS);
    const alerts = (await read<Rules>(RULES)).groups.flatMap(({ rules }) => rules.flatMap(({ alert }) => alert ?? []));
    const tried = (await read<UnitTests>(TESTS)).tests.flatMap(({ alert_rule_test: tests = [] }) => tests);
    const having = (isFiring: boolean) =>
      new Set(tried.filter(({ exp_alerts }) => exp_alerts.length > 0 === isFiring).map(({ alertname }) => alertname));
    assert.deepEqual(
      alerts.filter((alert) => !having(true).has(alert) || !having(false).has(alert)),
      [],
    );
  });

  it('are seen to be wrong: a threshold, a wait, a label', async () => {
    const text = await readFile(join(FOLDER, RULES), 'utf8');
    const planted: [string, string][] = [
      ['onboarding_cases_needing_attention) > 0', 'onboarding_cases_needing_attention) > 3'],
      [
        '          / sum(rate(onboarding_finhub_calls_total[10m])) > 0.2',
        '          / sum(rate(onboarding_finhub_calls_total[10m])) > 0.6',
      ],
      ['waiting_for="finhub"', 'waiting_for="customer"'],
      ['== 0\n        for: 10m', '== 0\n        for: 40m'],
    ];
    for (const [from, to] of planted) {
      assert.ok(text.includes(from.trim()), from);
      await writeFile(join(folder, RULES), text.replace(from.trim(), to.trim()));
      await assert.rejects(check('test', TESTS), `nobody notices ${to}`);
    }
  });
});
