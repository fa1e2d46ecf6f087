import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { z } from 'zod';
import { applicationJsonSchema } from '../src/client/index.js';
import { applicationSchemas } from '../src/intake/application-schema.js';
import { transferSchema } from '../src/client/start-transfer.js';
import { exampleIndividual, exampleOrganization } from '../dev/demo/examples.js';
import { CATALOGUE } from '../src/finhub/catalogue/index.js';
import { describeEndpoints } from '../src/finhub/describe.js';
import { FinHubError } from '../src/finhub/error.js';
import { fieldsOf } from '../src/contract/marks.js';
import { workerLog } from '../src/worker/log.js';

/** What the examples keep after redaction: words that say nothing about anybody. */
const HARMLESS_PATHS =
  /^(applicationId|tenantId|categorization\.category|documents\.(type|subject|mimeType)|consents\.(version|acceptedAt)|organization\.(legalForm|industry)|payments\.beneficiaries\.(ref|partyType|currency|country|purposeCode)|payments\.(consent|topUp|transfer)(\.(perTransaction|perDay|perMonth|amount))?\.(currency|validDays|transactionsPerDay|maxTransactions|reference|beneficiary)|payments\.approvers|(person|organization|directors|shareholders|employees)(\.address|(\.owners)+)?\.(ref|country|state|type|roles|directorType|organizationRole|withoutOwners))$/;

/** Texts that nobody has said anything about. */
function unmarked(schemas: (readonly [string, z.ZodType])[]): string[] {
  return schemas.flatMap(([name, schema]) =>
    fieldsOf(schema)
      .filter(({ mark }) => mark === undefined)
      .map(({ path }) => `${name}: ${path}`),
  );
}

/** A line as the worker's log writes it. */
function logged(fields: object): Record<string, unknown> {
  let line = '';
  workerLog('trace', { write: (text: string) => void (line += text) }).trace(fields, 'a message');
  return JSON.parse(line) as Record<string, unknown>;
}

describe('marks of what is personal or secret', () => {
  it('stand on every field of every request to FinHub', () => {
    const requests = Object.values(CATALOGUE).map(
      ({ operation, request }) => [operation, request as z.ZodType] as const,
    );
    assert.deepEqual(unmarked(requests), []);
  });

  it('stand on every field of the forms in which applications and transfers are taken', () => {
    const forms = Object.entries({ ...applicationSchemas, transfer: transferSchema });
    assert.deepEqual(unmarked(forms), []);
    for (const [name, form] of forms) assert.ok(fieldsOf(form).length > 10, `${name} was walked through`);
  });

  it('are told with the endpoints', () => {
    const told = (operation: string) => describeEndpoints().find((endpoint) => endpoint.operation === operation)!;
    assert.deepEqual(told('createPaymentConsent').secret, { request: [], answer: ['authenticationCode'] });
    assert.deepEqual(told('openCustomerSession').secret.answer, ['token']);
    assert.deepEqual(told('listBeneficiaries').personal.answer, ['iban', 'name', 'names']);
    assert.ok(told('registerIndividual').personal.request.includes('person.address.street'));
    assert.deepEqual(told('registerIndividual').secret.request, ['password']);
  });

  it('are told with the forms', () => {
    const { properties } = applicationJsonSchema('individual') as {
      properties: Record<string, { privacy?: string; properties?: Record<string, { privacy?: string }> }>;
    };
    assert.equal(properties['password']!.privacy, 'secret');
    assert.equal(properties['person']!.properties!['email']!.privacy, 'personal');
  });
});

describe("the worker's log", () => {
  it('leaves nothing of an application but words that say nothing about anybody', async () => {
    for (const application of [await exampleIndividual('ind-1'), await exampleOrganization('org-1')]) {
      const left = leaves(logged({ input: { application } })['input'], '').filter(
        ({ text }) => !/^\[\w+\]$/.test(text),
      );
      const paths = left.map(({ path }) => path.replace('application.', ''));
      assert.deepEqual(
        paths.filter((path) => !HARMLESS_PATHS.test(path)),
        [],
      );
      assert.ok(paths.includes('applicationId'), 'and is not emptied altogether');
    }
  });

  it('takes marked fields out wherever they stand, and keeps the rest', () => {
    const line = logged({
      workflowId: 'individual/tenant/ind-1',
      attempt: 3,
      call: { customerId: 'c-1', people: [{ email: 'somebody@mail.example', ref: 'r-1' }], password: 'open sesame' },
      bytes: Buffer.from('somebody'),
    });
    assert.equal(line['workflowId'], 'individual/tenant/ind-1');
    assert.equal(line['attempt'], 3);
    const call = { customerId: 'c-1', people: [{ email: '[personal]', ref: 'r-1' }], password: '[secret]' };
    assert.deepEqual(line['call'], call);
    assert.equal(line['bytes'], '[8 bytes]');
  });

  it('tells of an error its name, message and cause, and not what it carries', () => {
    const fieldErrors = [{ field: 'email', message: 'somebody@mail.example is taken' }];
    const error = new Error('the call failed', {
      cause: new FinHubError('conflict', 'op', 'refused', { fieldErrors }),
    });
    const { error: told } = logged({ error: Object.assign(error, { details: fieldErrors }) }) as {
      error: { name: string; message: string; cause: { message: string } };
    };
    assert.deepEqual([told.name, told.message], ['Error', 'the call failed']);
    assert.match(told.cause.message, /refused/);
    assert.ok(!JSON.stringify(told).includes('somebody@mail.example'));
  });
});

function leaves(value: unknown, path: string): { path: string; text: string }[] {
  if (Array.isArray(value)) return value.flatMap((item) => leaves(item, path));
  if (typeof value !== 'object' || value === null) return [{ path, text: String(value) }];
  return Object.entries(value).flatMap(([name, part]) => leaves(part, path === '' ? name : `${path}.${name}`));
}
