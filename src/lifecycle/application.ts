/** Postal address; `country` is an ISO 3166-1 alpha-2 code. */
export interface Address {
  street: string;
  city: string;
  /** Absent in countries without postal codes. */
  postalCode?: string | undefined;
  country: string;
  state?: string | undefined;
}

/** A natural person. Dates are `YYYY-MM-DD`, `nationality` is an ISO 3166-1 alpha-2 code, `phone` is E.164. */
export interface Person {
  firstName: string;
  /** Absent for whoever has a single name. */
  lastName?: string | undefined;
  email: string;
  phone: string;
  dateOfBirth: string;
  nationality: string;
  placeOfBirth?: string | undefined;
  gender?: 'FEMALE' | 'MALE' | 'OTHER' | undefined;
  address: Address;
}

/** The category chosen from FinHub's hierarchy, by its code or id, and a value for each of its mandatory keys; several where a key takes them. */
export interface Categorization {
  category: string;
  parameters: Record<string, string | string[]>;
}

/** Where a customer's act came from. FinHub stores both for good, so they are the customer's own, never ours (facts §1.2). */
export interface Origin {
  ipAddress: string;
  userAgent: string;
}

/** A document by reference: its content stays in the document store, since a Temporal payload ends at 2 MB. */
export interface DocumentReference {
  documentId: string;
  type: string;
  fileName: string;
  mimeType: string;
  /** Bytes. */
  size: number;
  /** Hex digest of the content. */
  sha256: string;
  /** Whose document it is, where an organization hands in papers of its people: a person's `ref` of the application. */
  subject?: string | undefined;
}

/** Proof that the customer accepted the three consents; organizations name the signatory. Source: facts I11, O24. */
export interface ConsentEvidence extends Origin {
  version: string;
  /** ISO 8601. */
  acceptedAt: string;
  acceptedBy?: string | undefined;
}

/** Amount in major units as a decimal string, e.g. `"25.00"`; the only form in which money crosses our edges. */
export interface Money {
  value: string;
  currency: string;
}

export interface Beneficiary {
  /** Names the beneficiary within the application. */
  ref: string;
  name: string;
  partyType: 'INDIVIDUAL_CUSTOMER' | 'BUSINESS_CUSTOMER';
  iban: string;
  bic: string;
  currency: string;
  country: string;
  bankName?: string | undefined;
  bankAddress?: string | undefined;
  purposeCode?: string | undefined;
  email?: string | undefined;
  phoneNumber?: string | undefined;
  address?: Address | undefined;
}

/** A standing authorization for transfers with its limits. Source: facts F10. */
export interface PaymentConsentRequest {
  title: string;
  /** Days from creation. */
  validDays: number;
  perTransaction: Money;
  perDay: Money;
  perMonth?: Money | undefined;
  transactionsPerDay: number;
  /** Transactions there may be in all. */
  maxTransactions?: number | undefined;
}

export interface TransferRequest {
  /** The transfer's business key, unique within the tenant; at most 35 characters. */
  reference: string;
  /** A beneficiary's `ref`. */
  beneficiary: string;
  amount: Money;
  description: string;
}

/** Money brought into the wallet before the first transfer. Source: S0, "Fund Wallet". */
export interface TopUpRequest {
  reference: string;
  amount: Money;
  sourceIban: string;
  sourceName: string;
}

/** What the application asks for after activation; every part is optional and none of them holds up the account. */
export interface PaymentsRequest {
  beneficiaries: Beneficiary[];
  consent?: PaymentConsentRequest | undefined;
  topUp?: TopUpRequest | undefined;
  transfer?: TransferRequest | undefined;
  /**
   * Who approves an organization's transfers: `ref`s of employees with the role TRANSACTION_APPROVER. Each transfer, this one and every later
   * one of the account, takes the approval of one of them.
   */
  approvers?: string[] | undefined;
}

interface ApplicationBase {
  /** Of a resumed case: who else corrected it or handed documents in before; none of them decides. */
  handedInBy?: string[] | undefined;
  /** The backend's own id: letters, digits, `.`, `_`, `-`; no personal data, since ids are readable in Temporal. */
  applicationId: string;
  tenantId: string;
  /** Who submitted the application; whoever did never decides on it. */
  submittedBy: string;
  /** FinHub calls it optional (S1). Without it nobody has said how risky the customer is, which counts as HIGH. */
  categorization?: Categorization | undefined;
  origin: Origin;
  documents: DocumentReference[];
  /** Consents given together with the application; else the lifecycle waits for `acceptConsents`. */
  consents?: ConsentEvidence | undefined;
  payments?: PaymentsRequest | undefined;
}

export interface IndividualApplication extends ApplicationBase {
  person: Person;
  /** Sealed by the client before it reaches Temporal. */
  password: string;
}

/** Source: facts O02. */
export const DIRECTOR_TYPES = ['EXECUTIVE', 'NON_EXECUTIVE', 'MANAGING', 'CHAIRMAN'] as const;
export type DirectorType = (typeof DIRECTOR_TYPES)[number];

export interface Director extends Person {
  ref: string;
  position: string;
  directorType: DirectorType;
  isPEP: boolean;
}

/** Why a company names no owners. */
export type WithoutOwners = 'LISTED' | 'STATE' | 'FOUNDATION';

/** A person or a company that holds shares, of the customer itself or of a company among its owners. */
export interface Owner {
  ref: string;
  type: 'INDIVIDUAL' | 'CORPORATE';
  firstName?: string | undefined;
  lastName?: string | undefined;
  companyName?: string | undefined;
  registrationNumber?: string | undefined;
  /** Of a company: where it is registered. */
  country?: string | undefined;
  email?: string | undefined;
  dateOfBirth?: string | undefined;
  nationality?: string | undefined;
  /** Percent of what is owned, above 0 to 100, as a decimal string; the owners of one company together hold exactly 100. */
  ownershipPercentage: string;
  isPEP: boolean;
  /** Of a company: all who own it, unless `withoutOwners` says why there is nobody to name. */
  owners?: Owner[] | undefined;
  withoutOwners?: WithoutOwners | undefined;
}

export interface Shareholder extends Owner {
  email: string;
}

/** What an employee may do in the organization. Source: facts §7.6. */
export const EMPLOYEE_ROLES = ['ADMIN_USER', 'COMPLIANCE_OFFICER', 'TRANSACTION_APPROVER', 'EMPLOYEE'] as const;
export type EmployeeRole = (typeof EMPLOYEE_ROLES)[number];

/** What an employee is at FinHub for the organization as a customer. Source: facts O10, §7.6. */
export const ORGANIZATION_ROLES = ['ACCOUNT_OWNER', 'ADMIN', 'USER'] as const;
export type OrganizationRole = (typeof ORGANIZATION_ROLES)[number];

export interface Employee extends Person {
  ref: string;
  position: string;
  department?: string | undefined;
  roles: EmployeeRole[];
  organizationRole: OrganizationRole;
}

export interface Organization {
  legalName: string;
  tradingName?: string | undefined;
  registrationNumber: string;
  taxId: string;
  legalForm: string;
  industry: string;
  incorporationDate: string;
  website?: string | undefined;
  email: string;
  phone: string;
  address: Address;
}

export interface OrganizationApplication extends ApplicationBase {
  organization: Organization;
  /** Sealed by the client before it reaches Temporal. */
  password: string;
  directors: Director[];
  shareholders: Shareholder[];
  /** The first one holds ADMIN_USER (facts O10). */
  employees: Employee[];
  /** Who signs for the organization, as `acceptedBy` of its consents. */
  signatory: string;
}

export type Application = IndividualApplication | OrganizationApplication;

export function isOrganization(application: Application): application is OrganizationApplication {
  return 'organization' in application;
}
