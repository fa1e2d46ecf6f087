import { peopleOf } from '../activation.js';
import { login } from '../auth.js';
import { customerOf, type Call, type Route } from '../call.js';
import { addDirector, addEmployee, addShareholders, personKey } from '../personnel.js';
import type { Answer } from '../profiles/answer.js';
import { notFound } from '../refusal.js';
import { readOrganization, register } from '../registration.js';
import type { Customer, Personnel } from '../records.js';
import { recordUndoing, schedule } from '../world.js';
import { closeSession, userNotFound } from './individual.js';

const BASE = '/api/v2.1/customer/organization';
const SHAREHOLDERS = '/api/v2/organizations/{organizationId}/shareholders';
/** R15: only the list of employees has pages, and its query names none but the first. */
const EMPLOYEES_LISTED = 20;
const SESSIONS = `${BASE}/{organizationId}/users/{userId}/sessions`;

export const organizationRoutes: readonly Route[] = [
  { method: 'POST', path: `${BASE}/registration`, access: 'admin', handle: registerOrganization },
  { method: 'POST', path: SESSIONS, access: 'login', handle: openSession },
  { method: 'DELETE', path: `${SESSIONS}/{sessionId}`, access: 'session', handle: closeSession('organizationId') },
  ...['director', 'directors'].map((path): Route => adding(path, addOne(addDirector))),
  adding('shareholders', addShareholderOrShareholders),
  ...['employee', 'employees'].map((path): Route => adding(path, addOne(addEmployee))),
  listing(`${BASE}/{organizationId}/directors`, 'director'),
  listing(SHAREHOLDERS, 'shareholder'),
  listing(`${BASE}/{organizationId}/employees`, 'employee'),
  removing(`${BASE}/{organizationId}/directors/{recordId}`, 'director'),
  removing(`${SHAREHOLDERS}/{recordId}`, 'shareholder'),
  removing(`${BASE}/{organizationId}/employees/{recordId}`, 'employee'),
];

function registerOrganization(call: Call): Answer {
  const { settings, profile } = call.world;
  const organization = register(call, 'ORGANIZATION', readOrganization(call.body));
  schedule(call.world, 'create-default-admin', organization.id, call.now + settings.activationDelayMs);
  return profile.shapes.organizationRegistered(organization);
}

function openSession(call: Call): Answer {
  const user = call.world.state.users.get(call.param('userId'));
  const organizationId = call.param('organizationId');
  if (user?.tenantId !== call.tenant.id || user.organizationId !== organizationId) throw userNotFound();
  return call.world.profile.shapes.sessionOpened(login(call, user, organizationId));
}

function adding(path: string, handle: Route['handle']): Route {
  return { method: 'POST', path: `${BASE}/{organizationId}/${path}`, access: 'admin', handle };
}

function addOne(add: typeof addDirector): Route['handle'] {
  return (call) => call.world.profile.shapes.personAdded(add(call, organizationOf(call)));
}

/** One shareholder is answered as an object (R14), an array of them (O2) as an array. */
function addShareholderOrShareholders(call: Call): Answer {
  const { shapes } = call.world.profile;
  const answers = addShareholders(call, organizationOf(call)).map(shapes.personAdded);
  return Array.isArray(call.body)
    ? { message: 'Success', data: answers.map(({ data }) => data) }
    : (answers[0] as Answer);
}

function listing(path: string, role: Personnel['role']): Route {
  const handle = (call: Call): Answer => {
    const people = peopleOf(call.world.state, organizationOf(call), role);
    const views = people.map(personView);
    if (role !== 'employee') return { message: 'Success', data: { [`${role}s`]: views } };
    const pagination = { total: people.length, page: 0, size: EMPLOYEES_LISTED };
    return { message: 'Success', data: { employees: views.slice(0, EMPLOYEES_LISTED), pagination } };
  };
  return { method: 'GET', path, access: 'session', handle };
}

function removing(path: string, role: Personnel['role']): Route {
  const handle = (call: Call): Answer => {
    const organization = organizationOf(call);
    const { state } = call.world;
    const person = state.personnel.get(call.param('recordId'));
    if (person?.organizationId !== organization.id || person.role !== role) throw notFound(role);
    state.personnel.delete(person.id);
    recordUndoing(call.world, person.tenantId, role, personKey(person), person.id);
    return { message: 'Success', data: {} };
  };
  return { method: 'DELETE', path, access: 'admin', handle };
}

function personView(person: Personnel) {
  const { id, role, customerId, userId, firstName, lastName, companyName, email, position, department } = person;
  const { roles, ownershipPercentage, isPEP, isBeneficialOwner, status, createdAt } = person;
  const own = {
    director: { role: position, appointedDate: createdAt.slice(0, 10), isPEP },
    shareholder: {
      type: companyName === undefined ? 'INDIVIDUAL' : 'CORPORATE',
      companyName,
      ownershipPercentage,
      isBeneficialOwner,
      isPEP,
    },
    employee: { position, department, roles, role: roles[0], hiredDate: createdAt.slice(0, 10) },
  }[role];
  return { [`${role}Id`]: id, customerId, userId, firstName, lastName, email, ...own, status, createdAt };
}

function organizationOf(call: Call): Customer {
  return customerOf(call, call.param('organizationId'), 'ORGANIZATION');
}
