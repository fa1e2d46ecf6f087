import { say } from './project.mjs';
import { temporalBinary } from './temporal-binary.mjs';

for (const name of ['temporal', 'temporal-test-server']) {
  const { path, version, source } = await temporalBinary(name);
  say(`${name} ${version} (${source}): ${path}`);
}
say('set-up done: npm run demo, npm test');
