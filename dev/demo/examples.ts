import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { IndividualInput, OrganizationInput } from '../../src/client/index.js';
import { PROJECT_FOLDER } from '../../src/config/project-folder.js';

/** Where the documents that the examples name are found. */
export const EXAMPLES = join(PROJECT_FOLDER, 'examples');

type Example = { applicationId: string; payments: { transfer: { reference: string }; topUp?: { reference: string } } };

/** An example application under an id of this run, since the same application started twice is one lifecycle. */
async function example<T>(file: string, applicationId: string): Promise<T> {
  const application = JSON.parse(await readFile(join(EXAMPLES, file), 'utf8')) as Example;
  application.applicationId = applicationId;
  application.payments.transfer.reference = `${applicationId}-first`;
  if (application.payments.topUp) application.payments.topUp.reference = `${applicationId}-funding`;
  return application as T;
}

export const exampleIndividual = (applicationId: string): Promise<IndividualInput> =>
  example('individual.json', applicationId);

export const exampleOrganization = (applicationId: string): Promise<OrganizationInput> =>
  example('organization.json', applicationId);

/** The example as somebody else, so that whoever tries the example itself beside the demo meets no customer of the same data. */
export function asSomebodyElse<T extends IndividualInput | OrganizationInput>(application: T): T {
  const other = (name: string, value: unknown): unknown => {
    if (typeof value !== 'string') return value;
    if (name === 'email') return value.replace('@', '+demo@');
    return name === 'registrationNumber' || name === 'taxId' ? `${value}9` : value;
  };
  return JSON.parse(JSON.stringify(application), other) as T;
}
