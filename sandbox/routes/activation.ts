import { z } from 'zod';
import { activate, isProductWallet, readinessOf } from '../activation.js';
import { callerOf, customerOf, type Call, type Route } from '../call.js';
import { headerOf } from '../headers.js';
import type { Answer } from '../profiles/answer.js';
import { userView, walletView } from '../profiles/runner-views.js';
import { invalid, read, Refusal } from '../refusal.js';
import type { Customer, Wallet } from '../records.js';

const INDIVIDUAL = '/api/v2.1/customer/individual/{customerId}';
const ORGANIZATION = '/api/v2.1/customer/organization/{organizationId}';

export const activationRoutes: readonly Route[] = [
  { method: 'POST', path: `${INDIVIDUAL}/activation`, access: 'session', handle: activateIndividual },
  { method: 'GET', path: `${INDIVIDUAL}/owner/{ownerTenantId}/activation/check`, access: 'session', handle: check },
  {
    method: 'POST',
    path: `${ORGANIZATION}/activation`,
    access: 'admin',
    actingUser: true,
    handle: activateOrganization,
  },
  { method: 'GET', path: `${ORGANIZATION}/activation/readiness`, access: 'session', handle: readiness },
  { method: 'GET', path: `${ORGANIZATION}/wallet-status`, access: 'session', handle: walletStatus },
];

const byCode = z.looseObject({ code: z.string().min(1), userId: z.string().min(1) });
const byReason = z.looseObject({ activationReason: z.string().min(1) });

/** By the code from the customer's e-mail (RUN), or by an admin's reason (FLOW). */
function activateIndividual(call: Call): Answer {
  const customer = customerOf(call, call.param('customerId'), 'INDIVIDUAL');
  const reason = callerOf(call).kind === 'admin' && byReason.safeParse(call.body).success;
  if (!reason) {
    const { code, userId } = read(byCode, call.body);
    if (userId !== customer.userId && userId.toLowerCase() !== customer.email) {
      throw invalid({ field: 'userId', message: 'Must be the user or e-mail of the customer' });
    }
    if (code !== customer.activationCode) throw invalid({ field: 'code', message: 'Invalid activation code' });
  }
  return answer(call, customer);
}

function activateOrganization(call: Call): Answer {
  const organization = customerOf(call, call.param('organizationId'), 'ORGANIZATION');
  read(byReason, call.body);
  const roles = headerOf(call.headers, 'X-User-Roles')
    .split(',')
    .map((role) => role.trim());
  if (!roles.some((role) => role === 'ADMIN_USER' || role === 'COMPLIANCE_OFFICER')) {
    throw new Refusal(403, 'ADMIN_USER or COMPLIANCE_OFFICER is required');
  }
  return answer(call, organization);
}

function answer(call: Call, customer: Customer): Answer {
  const activated = activate(call.world, customer);
  const wallet = call.world.state.wallets.by('customer', customer.id).find(isProductWallet) as Wallet;
  const warnings = ["Optional consent 'MARKETING_COMMUNICATIONS' not given"];
  return call.world.profile.shapes.activated({ customer: activated, wallet, by: callerOf(call).userId, warnings });
}

function check(call: Call): Answer {
  const customer = customerOf(call, call.param('customerId'), 'INDIVIDUAL');
  if (call.param('ownerTenantId') !== call.tenant.id) throw new Refusal(403, 'Tenant access denied');
  return call.world.profile.shapes.activationCheck(readinessOf(call.world, customer));
}

function readiness(call: Call): Answer {
  const organization = customerOf(call, call.param('organizationId'), 'ORGANIZATION');
  const { missing, missingConsents, verificationOk, verificationStatus, verificationLevel, riskLevel } = readinessOf(
    call.world,
    organization,
  );
  const admin = organization.userId === undefined ? undefined : call.world.state.users.get(organization.userId);
  const data = {
    organizationId: organization.id,
    status: organization.status,
    ready: missing.length === 0,
    activationAllowed: missing.length === 0,
    consentOk: missingConsents.length === 0,
    ...{ verificationOk, verificationStatus, verificationLevel, riskLevel, missingConsents },
    missingRequirements: missing,
    adminEmployees: admin ? [userView(admin)] : [],
  };
  return { message: 'Success', data };
}

function walletStatus(call: Call): Answer {
  const organization = customerOf(call, call.param('organizationId'), 'ORGANIZATION');
  const wallet = call.world.state.wallets.by('customer', organization.id).find(isProductWallet);
  const data = {
    organizationId: organization.id,
    status: organization.status,
    walletStatus: wallet?.status,
    iban: wallet?.iban ?? null,
    wallet: wallet ? walletView(wallet) : null,
  };
  return { message: 'Success', data };
}
