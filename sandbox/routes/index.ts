import type { Route } from '../call.js';
import { activationRoutes } from './activation.js';
import { adminRoutes } from './admin.js';
import { beneficiaryRoutes } from './beneficiary.js';
import { consentRoutes } from './consent.js';
import { fintransRoutes } from './fintrans.js';
import { individualRoutes } from './individual.js';
import { legacyRoutes } from './legacy.js';
import { organizationRoutes } from './organization.js';
import { paymentConsentRoutes } from './payment-consent.js';
import { verificationRoutes } from './verification.js';
import { walletRoutes } from './wallet.js';
import { webhookRoutes } from './webhook.js';

/** Every FinHub operation that the sandbox answers. */
export const ROUTES: readonly Route[] = [
  ...adminRoutes,
  ...individualRoutes,
  ...organizationRoutes,
  ...verificationRoutes,
  ...consentRoutes,
  ...activationRoutes,
  ...walletRoutes,
  ...beneficiaryRoutes,
  ...paymentConsentRoutes,
  ...fintransRoutes,
  ...webhookRoutes,
  ...legacyRoutes,
];
