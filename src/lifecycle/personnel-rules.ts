import { isOrganization, type OrganizationApplication } from '../contract/application.js';
import type { LifecycleState, Requirement } from './case-state.js';
import { ownershipFaults } from './ownership.js';
import { pathText } from './path-text.js';

/** What an organization's people still need for its activation, by FinHub's list. Source: facts §7.4. */
export function roleFaults(state: LifecycleState): Requirement[] {
  const { application, people } = state;
  if (!isOrganization(application)) return [];
  const has = (role: string) => people.some((person) => person.role === role);
  const roles = new Set(application.employees.flatMap((employee) => employee.roles));
  const known = new Set(people.map(({ ref }) => ref));
  const checks: [boolean, string, string][] = [
    [has('director'), 'directors', 'at least one director is needed'],
    [has('employee') && roles.has('ADMIN_USER'), 'employees', 'an employee with the role ADMIN_USER is needed'],
    [
      application.shareholders.every(({ ref }) => known.has(ref)),
      'shareholders',
      'every shareholder must be registered',
    ],
  ];
  return [
    ...checks.filter(([holds]) => !holds).map(([, field, message]) => ({ code: 'roles', message, field })),
    ...shareFaults(application),
  ];
}

/** Faults of the shares, which a correction can fix until the end of personnel. */
export function shareFaults(application: OrganizationApplication): Requirement[] {
  return ownershipFaults(application, application.organization).map(({ path, message }) => ({
    ...{ code: 'roles', message, field: pathText(path) },
  }));
}
