import type * as Row from '../records.js';
import type { Answer } from './answer.js';
import { balanceView, documentView, orderView, userView, walletView } from './runner-views.js';

export interface OpenedSession {
  readonly session: Row.Session;
  readonly user: Row.User;
  readonly token: string;
  readonly refreshToken: string;
  /** Local time without zone, 24 h ahead, whatever the token's own `exp` says: as FinHub's dumps have it (R5). */
  readonly expiresAt: string;
  readonly ip: string;
  readonly userAgent: string;
  readonly platform: string;
}

/** How far a customer is from activation (facts §7.3, §7.4). */
export interface Readiness {
  readonly customer: Row.Customer;
  readonly riskLevel: Row.RiskLevel;
  readonly verificationOk: boolean;
  readonly verificationStatus: string;
  readonly verificationLevel: string | null;
  readonly powerTenantApprovalRequired: boolean;
  readonly powerTenantApprovalOk: boolean;
  readonly missingConsents: readonly string[];
  /** One sentence for each thing that is missing; empty when activation is allowed. */
  readonly missing: readonly string[];
}

/** The customer as activation left it, and the wallet that carries the IBAN or will. */
export interface Activation {
  readonly customer: Row.Customer;
  readonly wallet: Row.Wallet;
  readonly by: string;
  readonly warnings: readonly string[];
}

/** A person or company added to an organization, with the fields that FinHub returns only once. */
export interface AddedPerson {
  readonly record: Row.Personnel;
  readonly username?: string;
  readonly temporaryPassword?: string;
}

/**
 * The answers whose form differs between the profiles; here as the runner-aligned pages show them (RUN, else FLOW).
 * Where no page shows a body (verification status, director and shareholder, order), it is our assumption.
 */
export const runnerShapes = {
  hierarchy: (hierarchy: object): Answer => ({ message: 'Hierarchy retrieved successfully', data: hierarchy }),

  individualRegistered: (customer: Row.Customer, user: Row.User): Answer => ({
    message: 'B2C individual account created successfully. Redirect to activate-account page',
    extra: { redirectUrl: '/auth/activate-account' },
    data: {
      id: customer.id,
      tenantId: customer.tenantId,
      customerType: 'CT_PERSON',
      customerStatus: customer.status,
      individual: true,
      organization: false,
      person: customer.details,
      user: userView(user),
      categorization: customer.categorization ?? null,
    },
  }),

  organizationRegistered: (customer: Row.Customer): Answer => ({
    message:
      'Organization registered successfully. Default admin will be created automatically. Use separate endpoints to add employees, directors, and shareholders.',
    data: {
      individual: false,
      organization: true,
      adminEmployees: [],
      id: customer.id,
      organizationId: customer.id,
      tenantId: customer.tenantId,
      email: customer.email,
      status: customer.status,
      createdAt: customer.createdAt,
    },
  }),

  sessionOpened: ({ session, token, refreshToken, expiresAt }: OpenedSession): Answer => ({
    message: 'Success',
    data: {
      sessionId: session.id,
      userId: session.userId,
      token,
      refreshToken,
      expiresAt,
      success: true,
      message: 'Session created',
      errorType: 'NONE',
    },
  }),

  verificationInitiated: (verification: Row.Verification, requiredDocuments: readonly string[]): Answer => ({
    message: 'Verification initiated successfully',
    data: {
      verificationId: verification.id,
      customerId: verification.customerId,
      status: verification.status,
      level: verification.requestedLevel,
      requiredDocuments,
      verificationTypes: [verification.type, 'DOCUMENT_VERIFICATION', 'SANCTIONS_CHECK'],
      startedAt: verification.startedAt,
    },
  }),

  verificationCreated: (verification: Row.Verification): Answer => ({
    message: 'Success',
    data: { verificationId: verification.id, status: verification.status, verificationType: verification.kind },
  }),

  verification: (verification: Row.Verification, documents: readonly Row.Document[]): Answer => ({
    message: 'Success',
    data: {
      verificationId: verification.id,
      customerId: verification.customerId,
      verificationType: verification.kind,
      type: verification.type,
      status: verification.status,
      requestedLevel: verification.requestedLevel,
      verificationLevel: verification.level ?? null,
      startedAt: verification.startedAt,
      submittedAt: verification.submittedAt ?? null,
      approvedBy: verification.decidedBy ?? null,
      approvedAt: verification.decidedAt ?? null,
      comment: verification.comment ?? null,
      documents: documents.map(documentView),
    },
  }),

  documentAdded: (document: Row.Document): Answer => ({
    message: 'Success',
    data: {
      documentId: document.id,
      documentType: `DT_${document.documentType}`,
      fileName: document.fileName,
    },
  }),

  verificationDecided: (verification: Row.Verification): Answer => ({
    message: 'Success',
    data: { verificationId: verification.id, status: verification.status },
  }),

  consentAccepted: (_consent: Row.Consent, kind: Row.CustomerKind): Answer =>
    kind === 'ORGANIZATION' ? { message: 'Success' } : { message: 'Success', data: { status: 'PENDING' } },

  activated: ({ customer, by, warnings }: Activation): Answer =>
    customer.kind === 'INDIVIDUAL'
      ? { message: 'Success', data: {} }
      : {
          message: 'Success',
          data: {
            activation: {
              message: 'Organization activation started',
              status: 'ACTIVATING',
              activatedAt: customer.activatedAt,
              activatedBy: by,
              warnings: ['Wallet provisioning is async. Use GET .../wallet-status to poll.', ...warnings],
            },
            organizationId: customer.id,
          },
        },

  activationCheck: (readiness: Readiness): Answer => ({
    message: 'Success',
    data: {
      activationAllowed: readiness.missing.length === 0,
      consentOk: readiness.missingConsents.length === 0,
      verificationOk: readiness.verificationOk,
      riskLevel: readiness.riskLevel,
      message:
        readiness.missing.length === 0 ? 'Customer is ready for activation' : 'Customer is not ready for activation',
    },
  }),

  personAdded: ({ record, username, temporaryPassword }: AddedPerson): Answer => ({
    message: record.role === 'employee' ? 'Employee added successfully with role validation' : 'Success',
    data: {
      [`${record.role}Id`]: record.id,
      individual:
        record.userId === undefined
          ? null
          : { customerId: record.customerId, userId: record.userId, email: record.email },
      username,
      temporaryPassword,
      status: record.status,
      createdAt: record.createdAt,
    },
  }),

  beneficiaryAdded: (beneficiary: Row.Beneficiary): Answer => ({
    message: 'Success',
    data: {
      id: beneficiary.id,
      name: beneficiary.name,
      iban: beneficiary.iban,
      type: 'EXTERNAL',
      status: beneficiary.status,
      currency: beneficiary.currency,
      country: beneficiary.country,
      email: beneficiary.email,
      phoneNumber: beneficiary.phoneNumber,
      shortName: beneficiary.shortName,
      networkName: beneficiary.networkName,
      bankName: beneficiary.bankName,
      purposeCode: beneficiary.purposeCode,
      assetId: beneficiary.assetId,
    },
  }),

  beneficiaries: (beneficiaries: readonly Row.Beneficiary[]): Answer => ({
    message: 'Success',
    data: beneficiaries.map((beneficiary) => ({
      id: beneficiary.id,
      assetId: beneficiary.assetId,
      name: beneficiary.name,
      shortName: beneficiary.shortName,
      iban: beneficiary.iban,
      network: beneficiary.networkName,
      status: beneficiary.status,
      pepCheckResult: beneficiary.pepCheckResult,
      createdAt: beneficiary.createdAt,
    })),
  }),

  wallets: (wallets: readonly Row.Wallet[]): Answer => ({ message: 'Success', data: wallets.map(walletView) }),

  balance: (wallet: Row.Wallet, lastTransaction: string | null): Answer => ({
    message: 'Balance retrieved successfully',
    data: balanceView(wallet, lastTransaction),
  }),

  paymentConsentCreated: (consent: Row.PaymentConsent, magicLinkToken: string): Answer => ({
    code: 201,
    message: 'Payment consent created successfully',
    data: {
      consentId: consent.id,
      id: consent.id,
      operationType: consent.operationType,
      status: consent.status,
      walletId: consent.accountId,
      accountId: consent.accountId,
      message: 'Approval required',
      magicLinkToken,
    },
  }),

  prepared: (order: Row.Order): Answer => ({
    message: 'Success',
    data: { preparedOrderId: order.id, status: order.status, validUntil: order.validUntil },
  }),

  executed: (order: Row.Order): Answer => ({
    message: 'Success',
    data: { preparedOrderId: order.id, status: 'EXECUTING', executedAt: order.executedAt },
  }),

  order: (order: Row.Order): Answer => ({ message: 'Success', data: orderView(order) }),
};

export type Shapes = typeof runnerShapes;
