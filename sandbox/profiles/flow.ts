import { TOKEN_SECONDS } from '../jwt.js';
import { SANDBOX_BIC } from '../iban.js';
import { formatted } from '../amounts.js';
import type * as Row from '../records.js';
import type { Profile } from './profile.js';
import { runner } from './runner.js';
import { orderView, walletView } from './runner-views.js';
import { runnerShapes, type Activation, type Shapes } from './runner-shapes.js';

const shapes: Shapes = {
  ...runnerShapes,

  sessionOpened: ({ session, user, token, ip, userAgent, platform }) => ({
    message: 'Session created successfully',
    data: {
      success: true,
      sessionId: session.id,
      token,
      tokenType: 'Bearer',
      expiresIn: TOKEN_SECONDS,
      userId: user.id,
      customerId: session.customerId,
      roles: user.roles,
      tenantId: session.tenantId,
      sessionMetadata: { clientIp: ip, clientPlatform: platform, userAgent, createdAt: session.createdAt },
    },
  }),

  documentAdded: ({ id, uploadedAt }) => ({ data: { documentId: id, status: 'UPLOADED', uploadedAt } }),

  consentAccepted: (consent) => ({
    message: `${consent.type.toLowerCase().replaceAll('_', ' ')} accepted successfully`,
    data: {
      id: consent.id,
      customerId: consent.customerId,
      tenantId: consent.tenantId,
      consentType: consent.type,
      status: consent.status,
      version: consent.version,
      grantedAt: consent.grantedAt,
      expiresAt: consent.expiresAt,
      ipAddress: consent.ipAddress,
      userAgent: consent.userAgent,
    },
  }),

  activated: (activation) =>
    activation.customer.kind === 'ORGANIZATION'
      ? activatedOrganization(activation)
      : {
          message: 'Customer activated successfully',
          data: {
            activationStatus: 'ACTIVATED',
            customerId: activation.customer.id,
            iban: activation.wallet.iban,
            wallet: walletView(activation.wallet),
            activatedAt: activation.customer.activatedAt,
            activatedBy: activation.by,
          },
        },

  activationCheck: ({ customer, missing, missingConsents, riskLevel, ...readiness }) => ({
    message: 'Activation check completed',
    data: {
      activationAllowed: missing.length === 0,
      consentOk: missingConsents.length === 0,
      verificationOk: readiness.verificationOk,
      powerTenantApprovalOk: readiness.powerTenantApprovalOk,
      powerTenantApprovalRequired: readiness.powerTenantApprovalRequired,
      riskLevel,
      isHighRisk: readiness.powerTenantApprovalRequired,
      customerId: customer.id,
      ownerTenant: customer.tenantId,
      ...(missingConsents.length > 0 && { missingConsents }),
    },
  }),

  beneficiaryAdded: (beneficiary) => ({
    status: 201,
    message: 'Beneficiary created successfully',
    data: {
      beneficiaryId: beneficiary.id,
      accountId: beneficiary.accountId,
      partyType: beneficiary.partyType,
      beneficiaryName: beneficiary.name,
      iban: beneficiary.iban,
      bic: beneficiary.bic,
      bicType: 'external',
      currency: beneficiary.currency,
      country: beneficiary.country,
      networkName: beneficiary.networkName,
      pepCheckResult: beneficiary.pepCheckResult,
      status: beneficiary.status.toLowerCase(),
      createdAt: beneficiary.createdAt,
    },
  }),

  beneficiaries: (beneficiaries) => ({
    data: beneficiaries.map(({ id, assetId, name, iban, networkName, status, pepCheckResult, createdAt }) => ({
      ...{ beneficiaryId: id, assetId, beneficiaryName: name, iban, network: networkName, pepCheckResult },
      ...{ status: status.toLowerCase(), lastUsed: null, createdAt },
    })),
  }),

  prepared: (order) => ({
    data: {
      preparedOrderId: order.id,
      operationType: order.operation.toUpperCase(),
      status: 'PREPARED',
      amount: flowAmount(order.amount, order.currency),
      fees: flowAmount(0, order.currency),
      totalAmount: flowAmount(order.amount, order.currency),
      estimatedExecutionTime: order.createdAt,
      validUntil: order.validUntil,
    },
  }),

  executed: (order) => ({
    data: { executionId: order.transactionId, orderId: order.id, status: 'EXECUTING', executedAt: order.executedAt },
  }),

  order: (order) => ({
    data: { ...orderView(order), status: order.status === 'READY' ? 'PREPARED' : order.status },
  }),
};

/** FLOW: the flow guides. Activation and consents take effect at once and the answers say so. */
export const flow: Profile = {
  ...runner,
  recordsLater: false,
  registeredStatus: 'PENDING_VERIFICATION',
  shapes,
};

/** The synchronous answer of R21 and O5. */
export function activatedOrganization({ customer, wallet, by, warnings }: Activation) {
  return {
    message: 'Organization activated successfully',
    data: {
      activation: {
        message: 'Organization activated',
        status: customer.status,
        activatedAt: customer.activatedAt,
        activatedBy: by,
        warnings,
      },
      organizationId: customer.id,
      iban: wallet.iban,
      bic: SANDBOX_BIC,
      accountName: customer.name,
      wallet: walletView(wallet),
    },
  };
}

function flowAmount(minor: Row.Order['amount'], currency: string) {
  return { value: String(minor), valueFormatted: formatted(minor, currency), currency };
}
