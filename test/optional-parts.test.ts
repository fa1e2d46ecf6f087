import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { applicationSchemas } from '../src/intake/application-schema.js';
import { faultsOf } from '../src/intake/faults.js';
import { describeChoices } from './optional-parts/describe.js';
import { allChoices, applicationOf, nameOf, refusedOf, sampleOf } from './optional-parts/parts.js';

const choices = allChoices();
const taken = choices.filter((choice) => refusedOf(choice).length === 0);

describe('any subset of the optional parts of an application', () => {
  test('is taken, or refused for what could not be carried out', async () => {
    for (const choice of choices) {
      const { error } = applicationSchemas[choice.kind].safeParse(await applicationOf(choice));
      assert.deepEqual(
        faultsOf(error)
          .map(({ path }) => path)
          .sort(),
        refusedOf(choice).sort(),
        nameOf(choice),
      );
    }
    assert.deepEqual([choices.length, taken.length], [512, 160]);
  });
});

describeChoices('what is asked for is done, and nothing else: each two parts together and apart', sampleOf(taken));
