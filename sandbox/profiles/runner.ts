import type { Profile } from './profile.js';
import { runnerShapes } from './runner-shapes.js';

/** RUN: recorded from FinHub's own step runner in 2026. Things happen some time after the answer. */
export const runner: Profile = {
  recordsLater: true,
  settlesLater: true,
  registeredStatus: 'CS_REGISTRATION_COMPLETED',
  shapes: runnerShapes,
  envelope: ({ status = 200, code = status, message = 'Success', data, extra }) => ({ code, data, message, ...extra }),
  refusal: ({ code, message, data }) => ({ code, message, data }),
};
