import { balanceView, amountView, documentView, orderView, walletView } from './runner-views.js';
import { runnerShapes, type Shapes } from './runner-shapes.js';
import { activatedOrganization } from './flow.js';
import type { Profile } from './profile.js';

const ORDER_STATUS = {
  READY: 'PENDING',
  EXECUTING: 'PROCESSING',
  COMPLETED: 'COMPLETED',
  FAILED: 'FAILED',
  EXPIRED: 'EXPIRED',
};

const shapes: Shapes = {
  ...runnerShapes,

  hierarchy: (hierarchy) => ({ data: hierarchy, bare: true }),

  verificationInitiated: ({ id, startedAt }, requiredDocuments) => ({
    data: { verificationId: id, status: 'INITIATED', requiredDocuments, createdAt: startedAt },
  }),

  verificationCreated: (verification) => ({
    data: {
      id: verification.id,
      customerId: verification.customerId,
      type: verification.type,
      status: 'IN_PROGRESS',
      performedBy: 'TENANT',
      performedById: verification.tenantId,
      verificationLevel: verification.requestedLevel,
      appliesToSubtenants: false,
      requiredDocuments: ['GOVERNMENT_ID'],
      startedAt: verification.startedAt,
      verified: false,
    },
  }),

  verification: (verification, documents) => {
    const { id, customerId, type, status, level, startedAt, decidedBy, decidedAt } = verification;
    return {
      data: {
        ...{ id, customerId, type, status, verificationLevel: level ?? verification.requestedLevel, startedAt },
        ...{ approvedBy: decidedBy ?? null, approvedAt: decidedAt ?? null, verified: status === 'APPROVED' },
        documents: documents.map(documentView),
      },
    };
  },

  documentAdded: (document) => ({
    data: {
      id: document.id,
      tenantId: document.tenantId,
      customerId: document.customerId,
      fileName: document.fileName,
      fileType: document.documentType,
      status: 'UPLOADED',
      contentType: document.mimeType,
      uploadDate: Date.parse(document.uploadedAt),
      uploadedBy: document.uploadedBy,
      verified: false,
    },
  }),

  verificationDecided: ({ id, level, status, decidedBy, decidedAt }) => ({
    data: { level: level ?? null, approvedBy: decidedBy, approvedAt: decidedAt, verificationId: id, status },
  }),

  consentAccepted: ({ id, type, version, status, grantedAt, expiresAt }) => ({
    data: { id, consentType: type, isRequired: true, isGranted: true, version, status, grantedAt, expiresAt },
  }),

  activated: (activation) => {
    const { customer, wallet } = activation;
    if (customer.kind === 'ORGANIZATION') return activatedOrganization(activation);
    const { currency } = wallet;
    const { currentBalance: current, availableBalance, blockedBalance } = balanceView(wallet, null);
    return {
      data: {
        wallet: {
          ...{ walletId: wallet.id, iban: wallet.iban, currency, balance: current, reservedBalance: blockedBalance },
          asset: { assetType: 'CURRENCY', currency, current, available: availableBalance, blocked: blockedBalance },
        },
        iban: wallet.iban,
        activationStatus: 'ACTIVATED',
      },
    };
  },

  activationCheck: ({ missing, missingConsents, verificationOk, verificationStatus, verificationLevel }) => ({
    data: {
      canActivate: missing.length === 0,
      consentOk: missingConsents.length === 0,
      ...{ verificationOk, missingConsents, verificationStatus, verificationLevel },
    },
  }),

  personAdded: ({ record, username, temporaryPassword }) => ({
    data: {
      [`${record.role}Id`]: record.id,
      ...{ customerId: record.customerId, userId: record.userId, email: record.email, username, temporaryPassword },
      ...{ status: record.status, createdAt: record.createdAt },
    },
  }),

  beneficiaryAdded: (beneficiary) => ({
    status: 201,
    data: {
      beneficiaryId: beneficiary.id,
      assetId: beneficiary.assetId,
      name: beneficiary.name,
      iban: beneficiary.iban,
      type: beneficiary.partyType === 'INDIVIDUAL_CUSTOMER' ? 'INDIVIDUAL' : 'CORPORATE',
      status: beneficiary.status,
      pepCheckResult: beneficiary.pepCheckResult,
      createdAt: beneficiary.createdAt,
    },
  }),

  beneficiaries: (beneficiaries) => ({
    data: {
      beneficiaries: beneficiaries.map(({ id, assetId, name, iban, partyType, status, pepCheckResult, createdAt }) => ({
        ...{ beneficiaryId: id, assetId, name, iban, paymentMethod: 'SEPA', status, pepCheckResult, createdAt },
        type: partyType === 'INDIVIDUAL_CUSTOMER' ? 'INDIVIDUAL' : 'CORPORATE',
      })),
    },
  }),

  wallets: (wallets) => ({ data: { wallets: wallets.map(walletView) } }),

  prepared: (order) => ({
    data: {
      preparedOrderId: order.id,
      summary: {
        amount: amountView(order),
        sourceAccount: order.accountId,
        targetAccount: order.targetIban,
        fees: amountView({ amount: 0, currency: order.currency }),
        estimatedCompletionTime: order.createdAt,
      },
      validUntil: order.validUntil,
      requiresConfirmation: true,
    },
  }),

  executed: ({ id, status, transactionId }) => ({ data: { orderId: id, status, transactionId } }),

  order: (order) => ({ data: { ...orderView(order), status: ORDER_STATUS[order.status] } }),
};

/** REF: the reference pages of 2024. `{success, data}` without a code, everything takes effect at once. */
export const reference: Profile = {
  recordsLater: false,
  settlesLater: false,
  registeredStatus: 'CS_REGISTRATION_COMPLETED',
  shapes,
  envelope: ({ data, extra }) => ({ success: true, data, ...extra }),
  refusal: ({ code, message, data }) => ({ success: false, code, message, data }),
};
