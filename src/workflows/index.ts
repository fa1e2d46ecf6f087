export { individualLifecycle } from './individual-lifecycle.js';
export { organizationLifecycle } from './organization-lifecycle.js';
