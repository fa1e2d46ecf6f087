import { iso } from './clock.js';
import { isHighRisk } from './hierarchy.js';
import { lithuanianIban } from './iban.js';
import { fromMajor } from './amounts.js';
import { available, move, OUTSIDE } from './money.js';
import type { Readiness } from './profiles/runner-shapes.js';
import { Refusal } from './refusal.js';
import type { Customer, Personnel, RiskLevel, Wallet } from './records.js';
import { schedule, type World } from './world.js';

/** The mandatory consents by their name in the path, in the order in which they come (R8). */
export const CONSENT_TYPES: ReadonlyMap<string, string> = new Map([
  ['terms', 'TERMS_AND_CONDITIONS'],
  ['privacy', 'PRIVACY_POLICY'],
  ['data-processing', 'DATA_PROCESSING'],
]);

/** The risk level that approval goes by: a PEP among directors or owners makes an organization high risk (R17). */
export function riskOf({ state }: World, customer: Customer): RiskLevel {
  const people = [...peopleOf(state, customer, 'director'), ...peopleOf(state, customer, 'shareholder')];
  return people.some((person) => person.isPEP) && !isHighRisk(customer.riskLevel) ? 'HIGH' : customer.riskLevel;
}

export function readinessOf(world: World, customer: Customer): Readiness {
  const { state } = world;
  const riskLevel = riskOf(world, customer);
  const verifications = state.verifications.by('customer', customer.id);
  const approved = verifications.filter(({ status }) => status === 'APPROVED');
  const best = approved.find(({ level }) => level === 'POWER_TENANT_VERIFIED') ?? approved[0];
  const powerTenantApprovalRequired = isHighRisk(riskLevel);
  const powerTenantApprovalOk = !powerTenantApprovalRequired || best?.level === 'POWER_TENANT_VERIFIED';
  const accepted = new Set(
    state.consents
      .by('customer', customer.id)
      .filter(({ status }) => status === 'ACCEPTED')
      .map(({ type }) => type),
  );
  const missingConsents = [...CONSENT_TYPES.values()].filter((type) => !accepted.has(type));
  return {
    customer,
    riskLevel,
    verificationOk: best !== undefined,
    verificationStatus: (best ?? verifications.at(-1))?.status ?? 'NOT_STARTED',
    verificationLevel: best?.level ?? null,
    powerTenantApprovalRequired,
    powerTenantApprovalOk,
    missingConsents,
    missing: [
      ...(best ? [] : ['Verification is not APPROVED']),
      ...(best && !powerTenantApprovalOk ? ['Verification level POWER_TENANT_VERIFIED is required'] : []),
      ...missingConsents.map((type) => `Consent ${type} is not ACCEPTED`),
      ...(customer.kind === 'ORGANIZATION' ? missingPersonnel(world, customer) : []),
    ],
  };
}

/** Takes the activation in: now, or after the activation delay. @throws Refusal 409 already active, 422 not ready. */
export function activate(world: World, customer: Customer): Customer {
  if (customer.status === 'ACTIVE' || customer.status === 'ACTIVATING') {
    throw new Refusal(409, `Already ${customer.status}`);
  }
  const { missing, missingConsents, verificationOk, verificationStatus, verificationLevel } = readinessOf(
    world,
    customer,
  );
  if (missing.length > 0) {
    const message =
      (!verificationOk && 'Not Verified') ||
      (missingConsents.length > 0 && 'Missing Consents') ||
      'Activation requirements are not met';
    throw new Refusal(422, message, { details: missing, missingConsents, verificationStatus, verificationLevel });
  }
  const { state, clock, settings, profile } = world;
  const activating = state.customers.patch(customer.id, { status: 'ACTIVATING', activatedAt: iso(clock.now()) });
  for (const wallet of state.wallets.by('customer', customer.id)) {
    state.wallets.patch(wallet.id, { status: 'PENDING_ACTIVATION' });
  }
  if (profile.recordsLater) {
    schedule(world, 'finish-activation', customer.id, clock.now() + settings.activationDelayMs);
    return activating;
  }
  return finishActivation(world, customer.id);
}

/** Makes the customer and the wallets ACTIVE; the product wallet gets its IBAN and a consumer's opening balance. */
export function finishActivation(world: World, customerId: string): Customer {
  const { state, settings } = world;
  const customer = state.customers.patch(customerId, { status: 'ACTIVE' });
  if (customer.userId !== undefined) state.users.patch(customer.userId, { status: 'ACTIVE' });
  for (const wallet of state.wallets.by('customer', customerId)) {
    const product = isProductWallet(wallet);
    const iban = product ? { iban: lithuanianIban(55_860 + state.wallets.all().indexOf(wallet)) } : {};
    state.wallets.patch(wallet.id, { status: 'ACTIVE', ...iban });
    const amount = fromMajor(settings.openingBalance, wallet.currency, 'openingBalance');
    if (product && customer.kind === 'INDIVIDUAL' && amount > 0) {
      const to = available(wallet.id);
      move(world, { kind: 'opening-balance', from: OUTSIDE, to, amount, currency: wallet.currency });
    }
  }
  return customer;
}

/** The wallet that carries the IBAN; the other one is the master wallet (T8). */
export function isProductWallet(wallet: Wallet): boolean {
  return wallet.walletType.includes('_product_');
}

export function peopleOf(state: World['state'], customer: Customer, role: Personnel['role']): Personnel[] {
  return state.personnel.by('organization', `${customer.id}|${role}`);
}

/** Percentage that all shareholders hold, to four decimals, so that it adds up exactly. */
export function totalOwnership(shareholders: readonly Pick<Personnel, 'ownershipPercentage'>[]): number {
  const parts = shareholders.map(({ ownershipPercentage }) => Math.round(ownershipPercentage * 10_000));
  return parts.reduce((sum, part) => sum + part, 0) / 10_000;
}

function missingPersonnel({ state }: World, organization: Customer): string[] {
  const shareholders = peopleOf(state, organization, 'shareholder');
  const undeclared = shareholders.filter((holder) => holder.ownershipPercentage >= 25 && !holder.isBeneficialOwner);
  const total = totalOwnership(shareholders);
  return [
    ...(peopleOf(state, organization, 'director').length > 0 ? [] : ['At least one director is required']),
    ...(peopleOf(state, organization, 'employee').some(({ roles }) => roles.includes('ADMIN_USER'))
      ? []
      : ['At least one employee with ADMIN_USER is required']),
    ...(total === 100 ? [] : [`Shareholders must hold exactly 100 %, not ${total} %`]),
    ...undeclared.map(({ id }) => `Shareholder ${id} holds 25 % or more and is not declared a beneficial owner`),
  ];
}
