import type { IndividualInput, OrganizationInput } from '../../src/client/index.js';
import { exampleIndividual, exampleOrganization } from '../../src/demo/examples.js';
import { mergePatch } from '../../src/lifecycle/merge-patch.js';

let made = 0;

/** The example of a person as somebody who has never applied before; `patch` is a JSON merge patch on it. */
export async function anIndividual(patch: object = {}): Promise<IndividualInput> {
  const number = (made += 1);
  return mergePatch(asAnother(number, await exampleIndividual(`person-${number}`)), patch) as IndividualInput;
}

/** The example of an organization as one that has never applied before, with other people; `patch` is a JSON merge patch on it. */
export async function anOrganization(patch: object = {}): Promise<OrganizationInput> {
  const number = (made += 1);
  const application = await exampleOrganization(`company-${number}`);
  application.organization.registrationNumber += number;
  application.organization.taxId += number;
  return mergePatch(asAnother(number, application), patch) as OrganizationInput;
}

/** FinHub knows customers by their e-mail addresses. */
function asAnother<T>(number: number, application: T): T {
  const other = (name: string, value: unknown): unknown =>
    name === 'email' && typeof value === 'string' ? value.replace('@', `+${number}@`) : value;
  return JSON.parse(JSON.stringify(application), other) as T;
}
