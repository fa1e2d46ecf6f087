import type { z } from 'zod';
import type * as field from './field-schemas.js';
import type * as handedIn from './handed-in.js';
import type * as payment from './payments-schema.js';
import type * as people from './people-schemas.js';

/*
 * An application as cases hold it. Each part is described once, by the schema that checks it where it comes in; its type follows from that. Types
 * only, since workflow code has no use for the checks.
 */

export type Address = z.output<typeof people.address>;
export type Person = z.output<typeof people.person>;
export type Director = z.output<typeof people.director>;
export type Employee = z.output<typeof people.employee>;
export type Organization = z.output<typeof people.organization>;

/** A person or a company that holds shares, of the customer itself or of a company among its owners. */
export interface Owner extends z.output<z.ZodObject<typeof people.OWNER>> {
  email?: string | undefined;
  /** Of a company: all who own it, unless `withoutOwners` says why there is nobody to name. */
  owners?: Owner[] | undefined;
}
export type WithoutOwners = NonNullable<Owner['withoutOwners']>;

export interface Shareholder extends Owner {
  email: string;
}

/** The category chosen from FinHub's hierarchy, by its code or id, and a value for each of its mandatory keys; several where a key takes them. */
export type Categorization = z.output<typeof field.categorization>;

/** Where a customer's act came from. FinHub stores both for good, so they are the customer's own, never ours (facts §1.2). */
export type Origin = z.output<z.ZodObject<typeof field.origin>>;
export type DocumentReference = z.output<typeof handedIn.documentReference>;
export type ConsentEvidence = z.output<typeof handedIn.consentEvidence>;

export type Beneficiary = z.output<typeof payment.beneficiary>;
export type PaymentConsentRequest = z.output<typeof payment.paymentConsent>;
export type TransferRequest = z.output<typeof payment.transfer>;
export type TopUpRequest = z.output<typeof payment.topUp>;

/** What the application asks for after activation; every part is optional and none of them holds up the account. */
export type PaymentsRequest = z.output<typeof payment.payments>;

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
