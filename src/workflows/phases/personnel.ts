import {
  isOrganization,
  type Director,
  type Employee,
  type OrganizationApplication,
  type Person,
} from '../../lifecycle/application.js';
import { riskOf, shareFaults } from '../../lifecycle/case-rules.js';
import type { PersonRecord, Requirement } from '../../lifecycle/case-state.js';
import { declaredOwners, shareholderTold } from '../../lifecycle/ownership.js';
import type { Case } from '../case.js';
import { CallNeedless, Ending } from '../control-flow.js';
import { needsPerson } from '../attention.js';
import { personRegistered, resultDropped, riskFound, shareholderRemoved } from '../../lifecycle/transitions.js';

/**
 * Phase 2 of an organization: directors, shareholders, employees, one after the other, until FinHub has everybody whom the application names by
 * then, and nobody else. Both record ids of each are kept.
 */
export async function personnel(kase: Case): Promise<void> {
  for (let step = nextStep(kase); step; step = nextStep(kase)) {
    try {
      await step();
    } catch (error) {
      if (!(error instanceof CallNeedless)) throw error;
    }
  }
  kase.closeToCorrections();
  raiseRisk(kase);
  if (application(kase).employees.some(({ roles }) => roles.includes('ADMIN_USER'))) kase.establish('adminUser');
}

/** What FinHub lacks first of the application as it is now. */
function nextStep(kase: Case): (() => Promise<void>) | undefined {
  const { directors, shareholders, employees } = application(kase);
  const lacking = (role: PersonRecord['role'], people: { ref: string }[]) =>
    people.find((person) => !kase.state.people.some(({ ref, role: as }) => ref === person.ref && role === as));
  const director = lacking('director', directors);
  if (director) return () => addDirector(kase, director.ref);
  // First, since FinHub may refuse more than 100 % together.
  const [gone] = outdated(kase);
  if (gone) return () => removeShareholder(kase, gone);
  const shareholder = lacking('shareholder', shareholders);
  if (shareholder) return () => addShareholder(kase, shareholder.ref);
  const employee = lacking('employee', employees);
  if (employee) return () => addEmployee(kase, employee.ref);
  const missing = shareFaults(application(kase));
  return missing.length > 0 ? () => askForShares(kase, missing) : undefined;
}

/** Somebody who was named since may be a PEP; nobody lowers the risk that the registration found. */
function raiseRisk(kase: Case): void {
  if (riskOf(application(kase)) === 'HIGH') kase.apply(riskFound('HIGH'));
}

/** Shareholders whom FinHub has with another share than the application, or whom the application does not name. */
function outdated(kase: Case): PersonRecord[] {
  return kase.state.people.filter((person) => isOutdated(person, application(kase)));
}

function isOutdated({ role, ref, share }: PersonRecord, { shareholders }: OrganizationApplication): boolean {
  const holder = shareholders.find((candidate) => candidate.ref === ref);
  return role === 'shareholder' && share !== undefined && holder?.ownershipPercentage !== share;
}

async function askForShares(kase: Case, missing: Requirement[]): Promise<void> {
  const message = 'the shares have to be corrected';
  await needsPerson(kase, 'shares', 'addShareholder', { type: 'SharesIncomplete', message, missing });
}

function application(kase: Case): OrganizationApplication {
  const { application } = kase.state;
  if (!isOrganization(application)) throw new Ending('aborted', 'personnel belongs to organizations');
  return application;
}

async function addDirector(kase: Case, ref: string): Promise<void> {
  const options = { of: ref, taken: taken(kase, 'director'), adopts: ['recordId' as const] };
  const added = await kase.calls.once(
    'addDirector',
    () => {
      const director = find(application(kase).directors, ref);
      return {
        organizationId: kase.customerId,
        person: personOf(director),
        position: director.position,
        directorType: director.directorType,
        isPEP: director.isPEP,
      };
    },
    options,
  );
  kase.apply(personRegistered({ ref, role: 'director', ...added }));
}

async function addShareholder(kase: Case, ref: string): Promise<void> {
  // A person may give the record in a run that has not asked for it.
  let share = find(application(kase).shareholders, ref).ownershipPercentage;
  const added = await kase.calls.once(
    'addShareholder',
    () => {
      // Their share may be refused only because FinHub still has another's as it was.
      if (outdated(kase).length > 0) throw new CallNeedless();
      const shareholder = shareholderTold(find(application(kase).shareholders, ref));
      share = shareholder.ownershipPercentage;
      const { beneficialOwnerPercent } = kase.policy.ownership;
      const isBeneficialOwner = declaredOwners(application(kase), beneficialOwnerPercent).has(ref);
      return { organizationId: kase.customerId, shareholder: { ...shareholder, isBeneficialOwner } };
    },
    { of: ref, taken: taken(kase, 'shareholder'), adopts: ['recordId'] },
  );
  kase.apply(personRegistered({ ref, role: 'shareholder', ...added, share }));
}

/** Afterwards the same person can be added anew. */
async function removeShareholder(kase: Case, { ref, recordId }: PersonRecord): Promise<void> {
  const input = () => ({ organizationId: kase.customerId, recordId });
  await kase.calls.once('removeShareholder', input, { of: `${ref}/${recordId}` });
  kase.apply(shareholderRemoved({ recordId }));
  kase.apply(resultDropped(`addShareholder/${ref}`));
}

async function addEmployee(kase: Case, ref: string): Promise<void> {
  const added = await kase.calls.once(
    'addEmployee',
    () => {
      const employee = find(application(kase).employees, ref);
      return {
        organizationId: kase.customerId,
        person: personOf(employee),
        position: employee.position,
        department: employee.department,
        roles: employee.roles,
        organizationRole: employee.organizationRole,
      };
    },
    { of: ref, taken: taken(kase, 'employee'), adopts: ['recordId'] },
  );
  kase.apply(personRegistered({ ref, role: 'employee', ...added }));
}

function find<T extends { ref: string }>(people: T[], ref: string): T {
  const person = people.find((candidate) => candidate.ref === ref);
  if (!person) throw new CallNeedless();
  return person;
}

/** The person alone, without what only our application knows of them; a field that is forgotten here does not compile. */
function personOf(from: Director | Employee): { [Field in keyof Required<Person>]: Person[Field] } {
  const { firstName, lastName, email, phone, dateOfBirth, nationality, placeOfBirth, gender, address } = from;
  return { firstName, lastName, email, phone, dateOfBirth, nationality, placeOfBirth, gender, address };
}

function taken(kase: Case, role: PersonRecord['role']): string[] {
  return kase.state.people.filter((person) => person.role === role).map(({ recordId }) => recordId);
}
