export { finhubCall } from './finhub-call.js';
export { documentRetention } from './document-retention.js';
export { individualLifecycle } from './individual-lifecycle.js';
export { organizationLifecycle } from './organization-lifecycle.js';
export { customer } from './customer.js';
export { transfer } from './transfer.js';
export { webhookInbox } from './webhook-inbox.js';
