import type { State } from './state.js';

interface AdminUser {
  readonly organizationId: string;
  readonly userId: string;
  readonly username: string;
  readonly password: string;
  readonly roles: readonly string[];
}

/** A tenant of the sandbox with its credentials. They are made up, public and the same everywhere. */
export interface Tenant {
  readonly id: string;
  readonly name: string;
  /** Starts the ids of the tenant's categories. */
  readonly categoryPrefix: string;
  readonly key: string;
  readonly secret: string;
  readonly apiKey: string;
  readonly admin: AdminUser;
  readonly powerTenantAdmin: AdminUser;
}

/** The tenant that examples, demo and tests use. */
export const SANDBOX_TENANT: Tenant = {
  id: '97e7ff29-15f3-49ef-9681-3bbfcce4f6cd',
  name: 'Finsei Ltd',
  categoryPrefix: 'fs',
  key: 'sandbox-tenant-key',
  secret: 'sandbox-tenant-secret',
  apiKey: 'sandbox-api-key',
  admin: {
    organizationId: '0b6f3c52-7a0e-4f0b-9a55-2f1c7f0d5a01',
    userId: '0b6f3c52-7a0e-4f0b-9a55-2f1c7f0d5a02',
    username: 'admin@sandbox.example',
    password: 'Sandbox-Admin-1',
    roles: ['ADMIN'],
  },
  powerTenantAdmin: {
    organizationId: '0b6f3c52-7a0e-4f0b-9a55-2f1c7f0d5a03',
    userId: '0b6f3c52-7a0e-4f0b-9a55-2f1c7f0d5a04',
    username: 'power@sandbox.example',
    password: 'Sandbox-Power-1',
    roles: ['ADMIN', 'POWER_TENANT'],
  },
};

/** A second tenant, to show that tenants do not see each other. */
export const OTHER_SANDBOX_TENANT: Tenant = {
  id: 'd1e2f3a4-b5c6-47d8-9e0f-1a2b3c4d5e6f',
  name: 'CloudVault',
  categoryPrefix: 'cv',
  key: 'other-tenant-key',
  secret: 'other-tenant-secret',
  apiKey: 'other-api-key',
  admin: {
    organizationId: '5c1f9d44-3b61-4c6e-8f0a-6d2b8a9e7b01',
    userId: '5c1f9d44-3b61-4c6e-8f0a-6d2b8a9e7b02',
    username: 'admin@other.example',
    password: 'Other-Admin-1',
    roles: ['ADMIN'],
  },
  powerTenantAdmin: {
    organizationId: '5c1f9d44-3b61-4c6e-8f0a-6d2b8a9e7b03',
    userId: '5c1f9d44-3b61-4c6e-8f0a-6d2b8a9e7b04',
    username: 'power@other.example',
    password: 'Other-Power-1',
    roles: ['ADMIN', 'POWER_TENANT'],
  },
};

export const TENANTS: readonly Tenant[] = [SANDBOX_TENANT, OTHER_SANDBOX_TENANT];

/** The sandbox's lists show at once what was made. */
const PROMPT_LOOKUPS = [
  ...['getVerificationHistory', 'listDirectors', 'listShareholders', 'listEmployees'],
  ...['listBeneficiaries', 'listPaymentConsents', 'listWebhookSubscriptions'],
];

/** The environment with which the worker and the command lines reach a sandbox at `url`, as `tenant`. */
export function sandboxEnvironment(url: string, tenant = SANDBOX_TENANT): Record<string, string> {
  const { id, key, secret, apiKey, admin, powerTenantAdmin } = tenant;
  return {
    FINHUB_BASE_URL: url,
    FINHUB_LEGACY_BASE_URL: url,
    FINHUB_API_KEY: apiKey,
    FINHUB_PROMPT_LOOKUPS: PROMPT_LOOKUPS.join(','),
    FINHUB_TENANT_ID: id,
    FINHUB_TENANT_KEY: key,
    FINHUB_TENANT_SECRET: secret,
    FINHUB_ADMIN_ORGANIZATION_ID: admin.organizationId,
    FINHUB_ADMIN_USER_ID: admin.userId,
    FINHUB_ADMIN_USERNAME: admin.username,
    FINHUB_ADMIN_PASSWORD: admin.password,
    FINHUB_POWER_TENANT_USERNAME: powerTenantAdmin.username,
    FINHUB_POWER_TENANT_PASSWORD: powerTenantAdmin.password,
    FINHUB_POWER_TENANT_USER_ID: powerTenantAdmin.userId,
    FINHUB_POWER_TENANT_ORGANIZATION_ID: powerTenantAdmin.organizationId,
  };
}

/** Gives an empty state the tenants' admin users. */
export function seed(state: State): void {
  if (state.users.all().length > 0) return;
  for (const tenant of TENANTS) {
    for (const { userId, organizationId, username, password, roles } of [tenant.admin, tenant.powerTenantAdmin]) {
      state.users.put({
        id: userId,
        tenantId: tenant.id,
        customerId: organizationId,
        username,
        email: username,
        password,
        roles,
        userType: 'ADMIN',
        status: 'ACTIVE',
        failedAttempts: 0,
      });
    }
  }
}
