import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadEnvironment } from '../src/config/environment.js';
import { CATALOGUE } from '../src/finhub/catalogue/index.js';
import type { Endpoint, Tenant } from '../src/finhub/endpoint.js';
import { outgoing } from '../src/finhub/outgoing.js';
import { applicationSchemas } from '../src/intake/application-schema.js';
import { faultsOf } from '../src/intake/faults.js';
import { sandboxEnvironment } from '../sandbox/fixtures.js';
import { anIndividual, anOrganization } from './helpers/applications.js';

const TENANT: Tenant = { tenantId: 't', actor: { userId: 'u', organizationId: 'o', roles: ['FIRST', 'SECOND'] } };

function faulty(kind: 'individual' | 'organization', application: unknown): string[] {
  return faultsOf(applicationSchemas[kind].safeParse(application).error).map(({ path }) => path);
}

describe('people and addresses', () => {
  test('may have a single name, which is not an empty second one', async () => {
    assert.deepEqual(faulty('individual', await anIndividual({ person: { lastName: null } })), []);
    assert.deepEqual(faulty('individual', await anIndividual({ person: { lastName: '' } })), ['person.lastName']);
    assert.deepEqual(faulty('individual', await anIndividual({ person: { firstName: null } })), ['person.firstName']);
    const organization = await anOrganization();
    const single = (people: object[]) => people.map((person) => ({ ...person, lastName: undefined }));
    const { directors, shareholders, employees } = organization;
    const people = { directors: single(directors), shareholders: single(shareholders), employees: single(employees) };
    assert.deepEqual(faulty('organization', { ...organization, ...people, signatory: 'Ona' }), []);
  });

  test('have a postal code wherever the country has them', async () => {
    for (const country of ['HK', 'AE', 'QA']) {
      const address = { country, postalCode: null };
      assert.deepEqual(faulty('individual', await anIndividual({ person: { address } })), [], country);
      assert.deepEqual(faulty('organization', await anOrganization({ organization: { address } })), [], country);
    }
    for (const country of ['LT', 'DE', 'GB', 'US', null]) {
      const paths = faulty('individual', await anIndividual({ person: { address: { country, postalCode: null } } }));
      assert.ok(paths.includes('person.address.postalCode'), String(country));
    }
  });

  test("have FinHub's own values for what they are in an organization", async () => {
    const organization = await anOrganization();
    const [director, employee] = [organization.directors[0]!, organization.employees[0]!];
    for (const directorType of [undefined, 'EXECUTIVE_DIRECTOR', 'executive']) {
      const directors = [{ ...director, directorType }];
      assert.ok(faulty('organization', { ...organization, directors }).includes('directors[0].directorType'));
    }
    for (const organizationRole of [undefined, 'OWNER']) {
      const employees = [{ ...employee, organizationRole }];
      assert.ok(faulty('organization', { ...organization, employees }).includes('employees[0].organizationRole'));
    }
  });
});

describe('FinHub is told', () => {
  const bodyOf = (endpoint: unknown, input: object): Record<string, unknown> =>
    JSON.parse(String(outgoing(endpoint as Endpoint<object, unknown>, input, TENANT).body)) as Record<string, unknown>;

  test('a single name twice, and once where it asks for the whole name', async () => {
    const { person } = await anIndividual();
    const single = { ...person, firstName: 'Sukarno', lastName: undefined };
    const category = { id: 'c', name: 'C', features: [], parameters: {} };
    const registered = bodyOf(CATALOGUE.registerIndividual, { person: single, password: 'p', category });
    assert.deepEqual([registered['firstName'], registered['lastName']], ['Sukarno', 'Sukarno']);
    const customer = registered['individualCustomer'] as { customerName: string; person: Record<string, unknown> };
    assert.deepEqual(
      [customer.customerName, customer.person['fullName'], customer.person['lastName']],
      ['Sukarno', 'Sukarno', 'Sukarno'],
    );
    const common = { organizationId: 'o', person: single, position: 'Office', isPEP: false };
    const director = bodyOf(CATALOGUE.addDirector, { ...common, directorType: 'CHAIRMAN' });
    assert.equal(director['lastName'], 'Sukarno');
    const asEmployee = { ...common, isPEP: undefined, roles: ['EMPLOYEE'], organizationRole: 'USER' };
    const employee = bodyOf(CATALOGUE.addEmployee, asEmployee)['person'] as Record<string, unknown>;
    assert.deepEqual([employee['fullName'], employee['lastName']], ['Sukarno', 'Sukarno']);
  });

  test('what the application says that directors and employees are', async () => {
    const { directors, employees } = await anOrganization();
    for (const [directorType, role] of [
      ['MANAGING', 'MANAGING_DIRECTOR'],
      ['EXECUTIVE', 'EXECUTIVE_DIRECTOR'],
      ['NON_EXECUTIVE', 'NON_EXECUTIVE_DIRECTOR'],
    ]) {
      const input = { organizationId: 'o', person: directors[0]!, position: 'Board', directorType, isPEP: false };
      const body = bodyOf(CATALOGUE.addDirector, input);
      assert.deepEqual([body['directorType'], body['role'], body['position']], [directorType, role, 'Board']);
    }
    const input = { organizationId: 'o', person: employees[0]!, position: 'Office', roles: ['EMPLOYEE'] };
    const body = bodyOf(CATALOGUE.addEmployee, { ...input, organizationRole: 'USER' });
    assert.deepEqual([body['roles'], body['organizationRole']], [['EMPLOYEE'], 'USER']);
  });

  test('the roles of the acting user as they are configured', () => {
    const sent = Object.values(CATALOGUE)
      .map((endpoint) => (endpoint as Endpoint<unknown, unknown>).headers?.(TENANT, { sessionId: undefined }) ?? {})
      .flatMap((headers) => headers['X-User-Roles'] ?? []);
    assert.ok(sent.length >= 4);
    assert.deepEqual([...new Set(sent)], ['FIRST,SECOND']);
    const environment = { ...sandboxEnvironment('http://127.0.0.1:1'), FINHUB_ADMIN_ROLES: 'COMPLIANCE_OFFICER' };
    const { finhub } = loadEnvironment('worker', environment);
    assert.deepEqual(finhub.admin.roles, ['COMPLIANCE_OFFICER']);
    assert.deepEqual(finhub.powerTenant!.roles, ['ADMIN_USER', 'COMPLIANCE_OFFICER']);
  });
});
