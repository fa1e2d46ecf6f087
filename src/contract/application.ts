import type { z } from 'zod';
import type * as field from './field-schemas.js';
import type * as handedIn from './handed-in.js';
import type * as payment from './payments-schema.js';
import type * as people from './people-schemas.js';

/*
 * An application as cases store it. Each part is described once, by the schema that checks it at the intake; its type follows from that.
 * Types only, because workflow code does not need the checks.
 */

export type Address = z.output<typeof people.address>;
export type Person = z.output<typeof people.person>;
export type Director = z.output<typeof people.director>;
export type Employee = z.output<typeof people.employee>;
export type Organization = z.output<typeof people.organization>;

/** A person or company with shares in the customer, or in a company among its owners. */
export interface Owner extends z.output<z.ZodObject<typeof people.OWNER>> {
  email?: string | undefined;
  /** Only for a company: all its owners, unless `withoutOwners` says why it has none. */
  owners?: Owner[] | undefined;
}
export type WithoutOwners = NonNullable<Owner['withoutOwners']>;

export interface Shareholder extends Owner {
  email: string;
}

/** A category from FinHub's hierarchy, by code or id, with a value for each of its mandatory keys; several if a key allows them. */
export type Categorization = z.output<typeof field.categorization>;

/** Where a customer acted from. FinHub stores it permanently, so it must be the customer's own, never ours (facts §1.2). */
export type Origin = z.output<z.ZodObject<typeof field.origin>>;
export type DocumentReference = z.output<typeof handedIn.documentReference>;
export type ConsentEvidence = z.output<typeof handedIn.consentEvidence>;

export type Beneficiary = z.output<typeof payment.beneficiary>;
export type PaymentConsentRequest = z.output<typeof payment.paymentConsent>;
export type TransferRequest = z.output<typeof payment.transfer>;
export type TopUpRequest = z.output<typeof payment.topUp>;

/** What the application wants after activation. Every part is optional, and none delays the account. */
export type PaymentsRequest = z.output<typeof payment.payments>;

interface ApplicationBase {
  /** For a resumed case: others who corrected it or submitted documents before; none of them may decide. */
  handedInBy?: string[] | undefined;
  /** The backend's own id: letters, digits, `.`, `_`, `-`; without personal data, because ids are readable in Temporal. */
  applicationId: string;
  tenantId: string;
  /** Who submitted the application; this person can never decide on it. */
  submittedBy: string;
  /** FinHub calls it optional (S1). Without it the customer's risk is unknown, which counts as HIGH. */
  categorization?: Categorization | undefined;
  origin: Origin;
  documents: DocumentReference[];
  /** Consents given with the application; otherwise the lifecycle waits for `acceptConsents`. */
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
  /** The first one has ADMIN_USER (facts O10). */
  employees: Employee[];
  /** The signatory of the organization, sent as `acceptedBy` of its consents. */
  signatory: string;
}

export type Application = IndividualApplication | OrganizationApplication;

export function isOrganization(application: Application): application is OrganizationApplication {
  return 'organization' in application;
}
