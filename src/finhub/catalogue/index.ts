import * as activation from './activation.js';
import * as beneficiaries from './beneficiaries.js';
import * as categorization from './categorization.js';
import * as consents from './consents.js';
import * as documents from './documents.js';
import * as legacy from './legacy.js';
import * as orders from './orders.js';
import * as paymentConsents from './payment-consents.js';
import * as directors from './directors.js';
import * as employees from './employees.js';
import * as shareholders from './shareholders.js';
import * as registration from './registration.js';
import * as sessions from './sessions.js';
import * as verification from './verification.js';
import * as wallets from './wallets.js';
import * as webhooks from './webhooks.js';

/** Every FinHub endpoint that we use, by operation name. */
export const CATALOGUE = {
  ...categorization,
  ...registration,
  ...sessions,
  ...directors,
  ...shareholders,
  ...employees,
  ...verification,
  ...documents,
  ...consents,
  ...activation,
  ...wallets,
  ...beneficiaries,
  ...paymentConsents,
  ...orders,
  ...webhooks,
  ...legacy,
};

export type Catalogue = typeof CATALOGUE;
export type OperationName = keyof Catalogue;
