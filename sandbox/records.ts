export type RiskLevel = 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL' | 'PROHIBITED';
export type CustomerKind = 'INDIVIDUAL' | 'ORGANIZATION';

/** A person or an organization. `origin` distinguishes registered customers from the individual records of an organization's people. */
export interface Customer {
  readonly id: string;
  readonly tenantId: string;
  readonly kind: CustomerKind;
  readonly origin: 'registration' | 'personnel' | 'legacy';
  readonly status: string;
  readonly email: string;
  readonly name: string;
  readonly userId?: string;
  readonly riskLevel: RiskLevel;
  readonly categorization?: unknown;
  readonly activationCode?: string;
  /** An organization's password until its default admin is made. */
  readonly defaultAdminPassword?: string;
  readonly createdAt: string;
  readonly activatedAt?: string;
  /** The person or organization as it was given. */
  readonly details: Readonly<Record<string, unknown>>;
}

export interface User {
  readonly id: string;
  readonly tenantId: string;
  /** The individual customer, organization or admin organization that the user belongs to. */
  readonly customerId: string;
  /** For an organization's people: the organization, besides their own individual record. */
  readonly organizationId?: string;
  readonly username: string;
  readonly password: string;
  readonly email: string;
  readonly roles: readonly string[];
  readonly userType: 'ADMIN' | 'CONSUMER';
  readonly status: string;
  readonly failedAttempts: number;
  readonly lockedUntil?: number;
}

export interface Session {
  readonly id: string;
  readonly tenantId: string;
  readonly userId: string;
  readonly customerId: string;
  readonly createdAt: string;
  readonly closedAt?: string;
}

export interface Verification {
  readonly id: string;
  readonly tenantId: string;
  readonly customerId: string;
  readonly kind: 'KYC' | 'KYB';
  readonly type: string;
  readonly requestedLevel: string;
  readonly status: 'PENDING' | 'IN_PROGRESS' | 'APPROVED' | 'REJECTED';
  readonly level?: 'TENANT_VERIFIED' | 'POWER_TENANT_VERIFIED';
  readonly startedAt: string;
  readonly submittedAt?: string;
  readonly decidedBy?: string;
  readonly decidedAt?: string;
  readonly comment?: string;
}

export interface Document {
  readonly id: string;
  readonly tenantId: string;
  readonly customerId: string;
  readonly verificationId: string;
  readonly docId?: string;
  readonly documentType: string;
  readonly fileName: string;
  readonly mimeType: string;
  readonly size: number;
  readonly sha256: string;
  readonly uploadedAt: string;
  readonly uploadedBy: string;
}

export interface Consent {
  readonly id: string;
  readonly tenantId: string;
  readonly customerId: string;
  readonly type: string;
  readonly status: 'PENDING' | 'ACCEPTED';
  readonly version: string;
  readonly grantedAt: string;
  readonly expiresAt: string;
  readonly ipAddress: string;
  readonly userAgent: string;
  readonly acceptedBy?: unknown;
  readonly acceptedDate?: string;
}

/** A director, shareholder or employee: the organization's record of a person (or of a company that holds shares). */
export interface Personnel {
  readonly id: string;
  readonly tenantId: string;
  readonly organizationId: string;
  readonly role: 'director' | 'shareholder' | 'employee';
  readonly customerId?: string;
  readonly userId?: string;
  readonly name: string;
  readonly firstName?: string | undefined;
  readonly lastName?: string | undefined;
  readonly companyName?: string | undefined;
  readonly email?: string | undefined;
  readonly position?: string | undefined;
  readonly department?: string | undefined;
  readonly roles: readonly string[];
  readonly ownershipPercentage: number;
  readonly isPEP: boolean;
  readonly isBeneficialOwner: boolean;
  readonly status: string;
  readonly createdAt: string;
}

/** A wallet; amounts are integer minor units of `currency`. */
export interface Wallet {
  readonly id: string;
  readonly tenantId: string;
  readonly customerId: string;
  readonly assetId: string;
  readonly name: string;
  readonly walletType: string;
  readonly status: string;
  readonly currency: string;
  readonly iban?: string;
  readonly available: number;
  readonly blocked: number;
}

export interface Beneficiary {
  readonly id: string;
  readonly tenantId: string;
  readonly accountId: string;
  readonly assetId: string;
  readonly partyType: string;
  readonly name: string;
  readonly shortName: string;
  readonly iban: string;
  readonly bic: string;
  readonly currency: string;
  readonly country: string;
  readonly networkName: string;
  readonly bankName: string;
  readonly purposeCode: string;
  readonly email: string;
  readonly phoneNumber: string;
  readonly pepCheckResult: 'VERIFIED' | 'PENDING' | 'FLAGGED';
  readonly status: 'ACTIVE' | 'PENDING' | 'INACTIVE';
  readonly createdAt: string;
}

/** A standing authorization to pay. Limits are integer minor units; dates are milliseconds. */
export interface PaymentConsent {
  readonly id: string;
  readonly tenantId: string;
  readonly accountId: string;
  readonly operationType: string;
  readonly title: string;
  readonly status: 'PENDING' | 'ACTIVE' | 'REVOKED';
  /** The code that execute asks for; FinHub shows it once, inside `magicLinkToken`. */
  readonly answer: string;
  readonly validFrom?: number | undefined;
  readonly validTo?: number | undefined;
  readonly maxUsageCount?: number | undefined;
  readonly perTransaction?: number | undefined;
  readonly perDay?: number | undefined;
  readonly perMonth?: number | undefined;
  readonly transactionsPerDay?: number | undefined;
  /** IBANs; empty means any registered beneficiary. */
  readonly allowedAccounts: readonly string[];
  readonly createdAt: string;
}

export type OperationType = 'transfer' | 'topup' | 'withdraw';

export interface Order {
  readonly id: string;
  readonly tenantId: string;
  readonly accountId: string;
  readonly operation: OperationType;
  readonly status: 'READY' | 'EXPIRED' | 'EXECUTING' | 'COMPLETED' | 'FAILED';
  readonly amount: number;
  readonly currency: string;
  readonly targetIban: string;
  readonly targetName: string;
  readonly description: string;
  readonly reference: string;
  readonly clientReference?: string | undefined;
  readonly consentId?: string | undefined;
  readonly createdAt: string;
  readonly validUntil: string;
  readonly executedAt?: string;
  readonly settledAt?: string;
  readonly transactionId?: string;
  readonly failureReason?: string;
}

/** A double-entry posting: its entries (minor units) add up to nothing. */
export interface Posting {
  readonly id: string;
  readonly at: string;
  readonly kind: string;
  readonly orderId?: string | undefined;
  readonly currency: string;
  readonly entries: readonly { readonly account: string; readonly amount: number }[];
}

export interface Mail {
  readonly id: string;
  readonly tenantId: string;
  readonly to: string;
  readonly kind: 'activation-code';
  readonly customerId: string;
  readonly code: string;
  readonly at: string;
}

export type JobKind =
  'accept-consent' | 'finish-activation' | 'create-default-admin' | 'clear-screening' | 'settle-order' | 'lapse-order';

/** Something that happens by itself once the sandbox clock reaches `dueAt`. */
export interface Job {
  readonly id: string;
  readonly kind: JobKind;
  readonly dueAt: number;
  readonly ref: string;
}

/** How often one natural object was made, and which of the makings were undone again. */
export interface Making {
  readonly id: string;
  readonly tenantId: string;
  readonly kind: string;
  readonly key: string;
  readonly made: readonly string[];
  readonly undone: readonly string[];
}

/** A response stored for its `Idempotency-Key`. */
export interface KeptAnswer {
  readonly id: string;
  readonly fingerprint: string;
  readonly status: number;
  readonly body: unknown;
}

export interface Setting {
  readonly id: 'signing-secret' | 'clock-offset';
  readonly value: string;
}
