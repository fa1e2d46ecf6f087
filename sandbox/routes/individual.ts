import { callerOf, type Call, type Route } from '../call.js';
import { login } from '../auth.js';
import { iso } from '../clock.js';
import { hierarchyOf } from '../hierarchy.js';
import type { Answer } from '../profiles/answer.js';
import { notFound, Refusal } from '../refusal.js';
import { readIndividual, register } from '../registration.js';
import type { User } from '../records.js';
import { randomUUID } from 'node:crypto';

const BASE = '/api/v2.1/customer/individual';

export const individualRoutes: readonly Route[] = [
  { method: 'GET', path: `${BASE}/categorization/hierarchy/{tenantId}`, access: 'session', handle: hierarchy },
  { method: 'POST', path: `${BASE}/registration`, access: 'admin', handle: registerIndividual },
  { method: 'POST', path: `${BASE}/{customerId}/users/{userId}/sessions`, access: 'login', handle: openSession },
  {
    method: 'DELETE',
    path: `${BASE}/{customerId}/users/{userId}/sessions/{sessionId}`,
    access: 'session',
    handle: closeSession('customerId'),
  },
];

function hierarchy(call: Call): Answer {
  if (call.param('tenantId') !== call.tenant.id) {
    throw new Refusal(403, 'Tenant access denied or categorization not available');
  }
  return call.world.profile.shapes.hierarchy(hierarchyOf(call.tenant));
}

function registerIndividual(call: Call): Answer {
  const { state, profile } = call.world;
  const customer = register(call, 'INDIVIDUAL', readIndividual(call.body));
  state.outbox.put({
    id: randomUUID(),
    tenantId: customer.tenantId,
    to: customer.email,
    kind: 'activation-code',
    customerId: customer.id,
    code: customer.activationCode as string,
    at: customer.createdAt,
  });
  return profile.shapes.individualRegistered(customer, state.users.get(customer.userId as string) as User);
}

function openSession(call: Call): Answer {
  const user = call.world.state.users.get(call.param('userId'));
  const customerId = call.param('customerId');
  if (user?.tenantId !== call.tenant.id || user.customerId !== customerId || user.userType !== 'CONSUMER') {
    throw userNotFound();
  }
  return call.world.profile.shapes.sessionOpened(login(call, user, customerId));
}

export function userNotFound(): Refusal {
  return new Refusal(404, 'User not found', { success: false, errorType: 'NOT_FOUND' });
}

/** Logs out; repeating it changes nothing. Only the session's owner or an admin may. */
export function closeSession(owner: 'customerId' | 'organizationId') {
  return (call: Call): Answer => {
    const { state } = call.world;
    const session = state.sessions.get(call.param('sessionId'));
    const { kind, userId } = callerOf(call);
    if (
      session?.tenantId !== call.tenant.id ||
      session.customerId !== call.param(owner) ||
      session.userId !== call.param('userId')
    ) {
      throw notFound('Session');
    }
    if (kind === 'customer' && userId !== session.userId) throw new Refusal(403, 'Access denied');
    state.sessions.patch(session.id, { closedAt: session.closedAt ?? iso(call.now) });
    return { message: 'Session closed', data: {} };
  };
}
