import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { applicationSchemas } from '../src/intake/application-schema.js';
import { anIndividual, anOrganization } from './helpers/applications.js';
import { pathsOf, replaced } from './helpers/anywhere.js';

/** What people type in place of what is expected, and what programs send. */
const ANYTHING = fc.oneof(
  fc.constantFrom('', '0', '12,50', '1e3', '-1.00', 'EUR', '9999999999999999.99', '2026-02-30', null, -1, 0.1),
  fc.string(),
  fc.jsonValue({ maxDepth: 2 }),
);

describe('an application with anything at one place in it', () => {
  for (const kind of ['individual', 'organization'] as const) {
    test(`is taken, or its faults are named, never an error of ours: ${kind}`, async () => {
      const input: object = await (kind === 'individual' ? anIndividual() : anOrganization());
      const places = pathsOf(input);
      assert.ok(places.some((place) => place.join('.') === 'payments.consent.perDay.value'));
      fc.assert(
        fc.property(fc.constantFrom(...places), ANYTHING, (place, anything) => {
          const { success, error } = applicationSchemas[kind].safeParse(replaced(input, place, anything));
          assert.ok(success || error.issues.length > 0);
        }),
        { numRuns: 1_000 },
      );
    });
  }

  test('has the fault named where it is, amount by amount', async () => {
    const input = await anOrganization();
    const at = ['perTransaction', 'perDay'].flatMap((limit) => [
      ['payments', 'consent', limit, 'value'],
      ['payments', 'consent', limit, 'currency'],
    ]);
    for (const place of [
      ...at,
      ['payments', 'transfer', 'amount', 'value'],
      ['payments', 'topUp', 'amount', 'value'],
    ]) {
      const faults = applicationSchemas.organization.safeParse(replaced(input, place, '')).error?.issues ?? [];
      assert.ok(
        faults.some(({ path }) => path.join('.') === place.join('.')),
        place.join('.'),
      );
    }
  });
});
