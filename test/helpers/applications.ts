import type { IndividualInput, OrganizationInput } from '../../src/client/index.js';
import { exampleIndividual, exampleOrganization } from '../../dev/demo/examples.js';
import type { DocumentInput } from '../../src/contract/field-schemas.js';
import { mergePatch } from '../../src/lifecycle/merge-patch.js';
import type { LifecycleKind } from '../../src/lifecycle/phases.js';

let made = 0;

/** What a review takes before it opens, of an application that was started without documents; `file`s are in `EXAMPLES`. */
export async function papersOf(kind: LifecycleKind): Promise<DocumentInput[]> {
  const { documents } = kind === 'individual' ? await exampleIndividual('papers') : await exampleOrganization('papers');
  return documents!;
}

/** What FinHub asks for besides where a person is of high risk. */
export const HIGH_RISK_PAPERS: DocumentInput[] = [
  { type: 'PEP_DECLARATION', file: 'documents/salary-statement-ruta.pdf' },
  { type: 'BENEFICIAL_OWNERSHIP', file: 'documents/beneficial-ownership.pdf' },
];

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
  const example = asAnother(number, await exampleIndividual(`person-${number}`));
  const application = mergePatch(example, patch) as IndividualInput;
  const isHighRisk = !/^(LOW|MEDIUM)$/.test(String(application.categorization?.parameters['riskLevel']));
  if (!isHighRisk || 'documents' in patch) return application;
  return { ...application, documents: [...application.documents!, ...HIGH_RISK_PAPERS] };
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
