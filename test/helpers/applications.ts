import type { IndividualInput, OrganizationInput } from '../../src/client/index.js';
import { exampleIndividual, exampleOrganization } from '../../src/demo/examples.js';
import { mergePatch } from '../../src/lifecycle/merge-patch.js';

let made = 0;

/** The example of a person as somebody who has never applied before; `patch` is a JSON merge patch on it. */
export function anIndividual(patch: object = {}): Promise<IndividualInput> {
  return individualNumber((made += 1), patch);
}

/** The example of an organization as one that has never applied before, with other people; `patch` is a JSON merge patch on it. */
export function anOrganization(patch: object = {}): Promise<OrganizationInput> {
  return organizationNumber((made += 1), patch);
}

/** The same number is the same person, in whichever process. */
export async function individualNumber(number: number, patch: object = {}): Promise<IndividualInput> {
  return mergePatch(asAnother(number, await exampleIndividual(`person-${number}`)), patch) as IndividualInput;
}

/** The same number is the same organization, in whichever process. */
export async function organizationNumber(number: number, patch: object = {}): Promise<OrganizationInput> {
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
