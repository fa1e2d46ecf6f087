import { isOrganization, type OrganizationApplication, type Person } from '../../contract/application.js';
import { riskOf } from '../../lifecycle/risk.js';
import { shareFaults } from '../../lifecycle/personnel-rules.js';
import type { PersonRecord, Requirement } from '../../lifecycle/case-state.js';
import { declaredOwners, shareholderSent } from '../../lifecycle/ownership.js';
import type { Case } from '../case.js';
import { CallNeedless, Ending } from '../control-flow.js';
import { needsPerson } from '../attention.js';
import { personRegistered, resultDropped, riskFound, shareholderRemoved } from '../../lifecycle/transitions.js';

/**
 * Phase 2 of an organization: directors, shareholders, employees, one after the other, until FinHub has everybody whom the application names by
 * then, and nobody else. Both record ids of each are kept.
 */
export async function personnel(theCase: Case): Promise<void> {
  for (let step = nextStep(theCase); step; step = nextStep(theCase)) {
    try {
      await step();
    } catch (error) {
      if (!(error instanceof CallNeedless)) throw error;
    }
  }
  theCase.closeToCorrections();
  raiseRisk(theCase);
  if (application(theCase).employees.some(({ roles }) => roles.includes('ADMIN_USER'))) theCase.establish('adminUser');
}

/** What FinHub lacks first of the application as it is now. */
function nextStep(theCase: Case): (() => Promise<void>) | undefined {
  const { directors, shareholders, employees } = application(theCase);
  const lacking = (role: PersonRecord['role'], people: { ref: string }[]) =>
    people.find((person) => !theCase.state.people.some(({ ref, role: as }) => ref === person.ref && role === as));
  const director = lacking('director', directors);
  if (director) return () => addDirector(theCase, director.ref);
  // First, since FinHub may refuse more than 100 % together.
  const [gone] = outdated(theCase);
  if (gone) return () => removeShareholder(theCase, gone);
  const shareholder = lacking('shareholder', shareholders);
  if (shareholder) return () => addShareholder(theCase, shareholder.ref);
  const employee = lacking('employee', employees);
  if (employee) return () => addEmployee(theCase, employee.ref);
  const missing = shareFaults(application(theCase));
  return missing.length > 0 ? () => askForShares(theCase, missing) : undefined;
}

/** Somebody who was named since may be a PEP; nobody lowers the risk that the registration found. */
function raiseRisk(theCase: Case): void {
  if (riskOf(application(theCase)) === 'HIGH') theCase.apply(riskFound('HIGH'));
}

/** Shareholders whom FinHub has with another share than the application, or whom the application does not name. */
function outdated(theCase: Case): PersonRecord[] {
  return theCase.state.people.filter((person) => isOutdated(person, application(theCase)));
}

function isOutdated({ role, ref, share }: PersonRecord, { shareholders }: OrganizationApplication): boolean {
  const holder = shareholders.find((candidate) => candidate.ref === ref);
  return role === 'shareholder' && share !== undefined && holder?.ownershipPercentage !== share;
}

async function askForShares(theCase: Case, missing: Requirement[]): Promise<void> {
  const message = 'the shares have to be corrected';
  await needsPerson(theCase, 'shares', 'addShareholder', { type: 'SharesIncomplete', message, missing });
}

function application(theCase: Case): OrganizationApplication {
  const { application } = theCase.state;
  if (!isOrganization(application)) throw new Ending('aborted', 'personnel belongs to organizations');
  return application;
}

async function addDirector(theCase: Case, ref: string): Promise<void> {
  const options = { of: ref, taken: taken(theCase, 'director'), adopts: ['recordId' as const] };
  const added = await theCase.calls.once(
    'addDirector',
    () => {
      const { ref: _, position, directorType, isPEP, ...person } = find(application(theCase).directors, ref);
      return { organizationId: theCase.customerId, person: only(person), position, directorType, isPEP };
    },
    options,
  );
  theCase.apply(personRegistered({ ref, role: 'director', ...added }));
}

async function addShareholder(theCase: Case, ref: string): Promise<void> {
  // A person may give the record in a run that has not asked for it.
  let share = find(application(theCase).shareholders, ref).ownershipPercentage;
  const added = await theCase.calls.once(
    'addShareholder',
    () => {
      // Their share may be refused only because FinHub still has another's as it was.
      if (outdated(theCase).length > 0) throw new CallNeedless();
      const shareholder = shareholderSent(find(application(theCase).shareholders, ref));
      share = shareholder.ownershipPercentage;
      const { beneficialOwnerPercent } = theCase.policy.ownership;
      const isBeneficialOwner = declaredOwners(application(theCase), beneficialOwnerPercent).has(ref);
      return { organizationId: theCase.customerId, shareholder: { ...shareholder, isBeneficialOwner } };
    },
    { of: ref, taken: taken(theCase, 'shareholder'), adopts: ['recordId'] },
  );
  theCase.apply(personRegistered({ ref, role: 'shareholder', ...added, share }));
}

/** Afterwards the same person can be added anew. */
async function removeShareholder(theCase: Case, { ref, recordId }: PersonRecord): Promise<void> {
  const input = () => ({ organizationId: theCase.customerId, recordId });
  await theCase.calls.once('removeShareholder', input, { of: `${ref}/${recordId}` });
  theCase.apply(shareholderRemoved({ recordId }));
  theCase.apply(resultDropped(`addShareholder/${ref}`));
}

async function addEmployee(theCase: Case, ref: string): Promise<void> {
  const added = await theCase.calls.once(
    'addEmployee',
    () => {
      const employee = find(application(theCase).employees, ref);
      const { ref: _, position, department, roles, organizationRole, ...person } = employee;
      return {
        organizationId: theCase.customerId,
        person: only(person),
        position,
        department,
        roles,
        organizationRole,
      };
    },
    { of: ref, taken: taken(theCase, 'employee'), adopts: ['recordId'] },
  );
  theCase.apply(personRegistered({ ref, role: 'employee', ...added }));
}

function find<T extends { ref: string }>(people: T[], ref: string): T {
  const person = people.find((candidate) => candidate.ref === ref);
  if (!person) throw new CallNeedless();
  return person;
}

/** The fields of a person, and nothing but these: a field of a role that was not taken out before does not compile. */
function only<Fields extends Person>(person: Fields & Record<Exclude<keyof Fields, keyof Person>, never>): Person {
  return person;
}

function taken(theCase: Case, role: PersonRecord['role']): string[] {
  return theCase.state.people.filter((person) => person.role === role).map(({ recordId }) => recordId);
}
