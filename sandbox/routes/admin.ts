import { login } from '../auth.js';
import type { Call, Route } from '../call.js';
import type { Answer } from '../profiles/answer.js';
import { closeSession, userNotFound } from './individual.js';

const SESSIONS = '/api/v2.1/admin/organization/{organizationId}/users/{userId}/sessions';

export const adminRoutes: readonly Route[] = [
  { method: 'POST', path: SESSIONS, access: 'login', handle: openAdminSession },
  { method: 'DELETE', path: `${SESSIONS}/{sessionId}`, access: 'admin', handle: closeSession('organizationId') },
];

function openAdminSession(call: Call): Answer {
  const user = call.world.state.users.get(call.param('userId'));
  const organizationId = call.param('organizationId');
  if (user?.tenantId !== call.tenant.id || user.customerId !== organizationId || user.userType !== 'ADMIN') {
    throw userNotFound();
  }
  return call.world.profile.shapes.sessionOpened(login(call, user, organizationId));
}
