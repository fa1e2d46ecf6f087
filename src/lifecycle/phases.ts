/** The two kinds of customers: a person (B2C), or an organization with its people (B2B). */
export type LifecycleKind = 'individual' | 'organization';

/** The kinds of cases: a lifecycle; the customer and transfers, which outlive it; a call by hand. */
export type CaseKind = LifecycleKind | 'transfer' | 'customer' | 'call';

/** A fact about the customer at FinHub that a phase needs (FinHub: "strict prerequisites at each phase"). */
export type Prerequisite =
  | 'customerRecord'
  | 'session'
  | 'adminUser'
  | 'verificationApproved'
  | 'consentsAccepted'
  | 'accountActive'
  | 'walletActive'
  | 'beneficiaryRegistered'
  | 'paymentConsentActive';

export interface PhaseDefinition<Name extends string = string> {
  readonly name: Name;
  readonly title: string;
  /** Facts that must hold before the phase starts. Source: flow overview (S0), "Critical Prerequisites"; facts §7. */
  readonly requires: readonly Prerequisite[];
  /** How long the phase is expected to take, in minutes; longer shows as "longer than expected". Source: S0, "Flow Timeline". */
  readonly expectedMinutes: number;
  /** The phase's FinHub operations, by their names in the catalogue; without those of a case that it starts. */
  readonly operations: readonly string[];
}

const DAY = 24 * 60;

/** The seven phases of an individual, in order. Source: B2C flow guide (S1), "The 7 Phases". */
export const INDIVIDUAL_PHASES = [
  {
    name: 'registration',
    title: 'Registration',
    requires: [],
    expectedMinutes: 5,
    operations: ['getCategorizationHierarchy', 'registerIndividual'],
  },
  {
    name: 'session',
    title: 'Session',
    requires: ['customerRecord'],
    expectedMinutes: 1,
    operations: ['openSession'],
  },
  {
    name: 'verification',
    title: 'Verification (KYC)',
    requires: ['customerRecord', 'session'],
    expectedMinutes: 3 * DAY,
    operations: [
      'initiateVerification',
      'uploadDocument',
      'submitVerification',
      'getVerification',
      'decideVerificationAtFinHub',
    ],
  },
  {
    name: 'consents',
    title: 'Consents',
    requires: ['customerRecord', 'session'],
    expectedMinutes: 5,
    operations: ['acceptConsent'],
  },
  {
    name: 'activation',
    title: 'Activation',
    requires: ['verificationApproved', 'consentsAccepted'],
    expectedMinutes: 5,
    operations: ['checkActivation', 'activateIndividual', 'listWallets'],
  },
  {
    name: 'wallet',
    title: 'Wallet',
    requires: ['accountActive', 'walletActive'],
    expectedMinutes: 5,
    operations: ['getBalance', 'getAllowedOperations'],
  },
  {
    name: 'payments',
    title: 'Payments',
    requires: ['accountActive', 'walletActive'],
    expectedMinutes: 10,
    operations: ['addBeneficiary', 'listBeneficiaries', 'createPaymentConsent', 'approvePaymentConsent'],
  },
] as const satisfies readonly PhaseDefinition[];

/** Facts that a lifecycle's transfer needs, unlike other payments. Source: facts §7.5. */
export const TRANSFER_REQUIRES = ['beneficiaryRegistered', 'paymentConsentActive'] as const satisfies Prerequisite[];

/** The eight phases of an organization, in order. Source: flow overview (S0), "Organization Customer (B2B) - 8 Phases". */
export const ORGANIZATION_PHASES = [
  {
    name: 'registration',
    title: 'Registration',
    requires: [],
    expectedMinutes: 10,
    operations: ['getCategorizationHierarchy', 'registerOrganization'],
  },
  {
    name: 'personnel',
    title: 'Personnel',
    requires: ['customerRecord'],
    expectedMinutes: 20,
    operations: [
      'addDirector',
      'listDirectors',
      'addShareholder',
      'removeShareholder',
      'listShareholders',
      'addEmployee',
      'listEmployees',
    ],
  },
  {
    name: 'verification',
    title: 'Verification (KYB and UBO)',
    requires: ['customerRecord', 'adminUser'],
    expectedMinutes: 5 * DAY,
    operations: [
      'startOrganizationVerification',
      'getVerificationRequirements',
      'uploadDocument',
      'getVerification',
      'decideVerificationAtFinHub',
    ],
  },
  {
    name: 'consents',
    title: 'Consents',
    requires: ['customerRecord'],
    expectedMinutes: 10,
    operations: ['acceptOrganizationConsent'],
  },
  {
    name: 'activation',
    title: 'Activation',
    requires: ['adminUser', 'verificationApproved', 'consentsAccepted'],
    expectedMinutes: 5,
    operations: ['checkOrganizationReadiness', 'activateOrganization', 'listWallets'],
  },
  {
    name: 'beneficiaries',
    title: 'Beneficiaries',
    requires: ['accountActive', 'walletActive'],
    expectedMinutes: 10,
    operations: ['addBeneficiary', 'listBeneficiaries'],
  },
  {
    name: 'paymentConsent',
    title: 'Payment consent',
    requires: ['accountActive', 'walletActive'],
    expectedMinutes: 10,
    operations: ['createPaymentConsent', 'approvePaymentConsent'],
  },
  {
    name: 'transactions',
    title: 'Transactions',
    requires: ['accountActive', 'walletActive'],
    expectedMinutes: 10,
    operations: ['prepareOrder', 'executeOrder', 'getOrder', 'getBalance'],
  },
] as const satisfies readonly PhaseDefinition[];

/** The phases of a transfer. Sources: facts F17-F19, §7.5. */
const TRANSFER_PHASES = [
  {
    name: 'checks',
    title: 'Checks',
    requires: [],
    expectedMinutes: 5,
    operations: ['getBalance', 'getAllowedOperations', 'listBeneficiaries', 'getPaymentConsent'],
  },
  { name: 'approval', title: 'Approval', requires: [], expectedMinutes: DAY, operations: [] },
  {
    name: 'execution',
    title: 'Execution and settlement',
    requires: [],
    expectedMinutes: DAY,
    operations: ['prepareOrder', 'executeOrder', 'getOrder', 'getBalance'],
  },
] as const satisfies readonly PhaseDefinition[];

/** The upkeep of a customer after activation. */
const CUSTOMER_PHASES = [
  {
    name: 'upkeep',
    title: 'Account in use',
    requires: [],
    expectedMinutes: Infinity,
    operations: [
      'addBeneficiary',
      'listBeneficiaries',
      'removeBeneficiary',
      'createPaymentConsent',
      'approvePaymentConsent',
      'revokePaymentConsent',
    ],
  },
] as const satisfies readonly PhaseDefinition[];

/** A call that an operator makes by hand; the case says which one. */
const CALL_PHASES = [
  { name: 'permission', title: 'Permission', requires: [], expectedMinutes: DAY, operations: [] },
  { name: 'call', title: 'Call by hand', requires: [], expectedMinutes: 5, operations: [] },
] as const satisfies readonly PhaseDefinition[];

export type IndividualPhase = (typeof INDIVIDUAL_PHASES)[number]['name'];
export type OrganizationPhase = (typeof ORGANIZATION_PHASES)[number]['name'];
export type TransferPhase = (typeof TRANSFER_PHASES)[number]['name'];
export type CustomerPhase = (typeof CUSTOMER_PHASES)[number]['name'];
export type CallPhase = (typeof CALL_PHASES)[number]['name'];
export type PhaseName = IndividualPhase | OrganizationPhase | TransferPhase | CustomerPhase | CallPhase;

export const PHASES: Record<CaseKind, readonly PhaseDefinition<PhaseName>[]> = {
  individual: INDIVIDUAL_PHASES,
  organization: ORGANIZATION_PHASES,
  transfer: TRANSFER_PHASES,
  customer: CUSTOMER_PHASES,
  call: CALL_PHASES,
};
