import type { Categorization } from '../contract/application.js';
import type { DeadlineKind } from './deadlines.js';
import type { EvidenceRule, EvidenceRules } from './evidence-rules.js';
import type { LifecycleKind } from './phases.js';

/** Who may decide: a tenant's own operators, or the power tenant's for high risk. Source: facts §7.6. */
export const OPERATOR_LEVELS = ['TENANT', 'POWER_TENANT'] as const;
export type OperatorLevel = (typeof OPERATOR_LEVELS)[number];

export type RiskLevel = 'LOW' | 'MEDIUM' | 'HIGH' | 'PROHIBITED';
/** Risk levels that can be accepted. */
export type ReviewedRisk = Exclude<RiskLevel, 'PROHIBITED'>;

/** An operator in the signers file; never taken from a message. */
export interface Operator {
  id: string;
  level: OperatorLevel;
  /** Tenants the operator works for; `*` is every tenant. */
  tenants: string[];
}

/** Business days from the start of a wait to each of its deadlines. */
export type BusinessDays = Partial<Record<DeadlineKind, number>>;

/** How a case of one risk level is reviewed. */
export interface ReviewRules {
  level: OperatorLevel;
  /** How many different people must approve; 2 is four eyes. */
  quorum: number;
  /** The verification level for FinHub. Source: facts I08, V01. */
  verification: 'STANDARD' | 'ENHANCED';
  /** `due` shows the review as overdue, `escalation` moves it to the power tenant, `expiry` ends the lifecycle. */
  deadlines: BusinessDays;
  /** How often the customer may be asked to submit again. */
  maxResubmissions: number;
  /** A decision in FinHub's own portal: adopted, or held until our operators have decided, too. */
  portalDecision: 'adopt' | 'hold';
  /** Decisions signed by a passkey that its owner's devices share: whoever gets into that account may have it, too. */
  syncedPasskeys?: 'accept' | 'refuse' | undefined;
}

/** The customer's tasks, each with its own deadlines. */
export type CustomerTurn = 'documents' | 'consents' | 'activationCode';

/** The part of a policy that a tenant may set. */
export interface TenantPolicy {
  review: Record<LifecycleKind, Record<ReviewedRisk, ReviewRules>>;
  customer: Record<CustomerTurn, BusinessDays>;
  /** The papers that a review needs before it opens, besides FinHub's requirements. */
  evidence: Record<LifecycleKind, Record<ReviewedRisk, EvidenceRules>>;
  ownership: {
    /** An owner with at least this percentage, directly or through companies, is a beneficial owner. FinHub's threshold is 25 (facts O06). */
    beneficialOwnerPercent: number;
  };
  documents: {
    /**
     * Days after its end at which the documents of a case that led to no active account are deleted from our store; without it they stay. Those
     * of an active customer stay in any case.
     */
    keptDays?: number | undefined;
  };
}

/** A tenant's settings, read by an activity; the copy in the history counts for the case. */
export interface Policy extends TenantPolicy {
  /** Changes with the content, so that the audit shows which rules a decision followed. */
  version: string;
  /** How individuals are activated: with the code FinHub mails them, or by the tenant's admin. Source: facts I14. */
  individualActivation: 'code' | 'admin';
  /** Whether this worker can approve with the power tenant's credentials; if not, high risk waits for FinHub's portal. */
  powerTenantCredentials: boolean;
  /** Messages need a signer's proof, and decisions the operator's own. A worker that requires proof requires it for every case. */
  requireProof: boolean;
  /** Whether notifications are sent by HTTP; otherwise they are only logged. */
  notifications: boolean;
  /** Seconds between two looks at FinHub's verdict. */
  verdictPollSeconds: number;
  /** Seconds for one attempt of a FinHub call. */
  callSeconds: number;
  /** Seconds after which a silent worker counts as dead. */
  heartbeatSeconds: number;
  /** The task queue of calls to FinHub, if they have their own. */
  callsQueue?: string | undefined;
  /** Days that the namespace retains closed workflows, if the server says so: how long it remembers paid references. */
  retentionDays?: number | undefined;
  /** History events after which a waiting case moves to a new run. */
  continueAsNewAfter: number;
}

const ORDINARY = {
  level: 'TENANT',
  verification: 'STANDARD',
  portalDecision: 'adopt',
  syncedPasskeys: 'accept',
} as const;

const REVIEW = (due: number): Record<ReviewedRisk, ReviewRules> => {
  const common = {
    quorum: 1,
    maxResubmissions: 3,
    deadlines: { reminder: due - 1, due, escalation: due + 2, expiry: 30 },
  };
  return {
    LOW: { ...common, ...ORDINARY },
    MEDIUM: { ...common, ...ORDINARY },
    HIGH: {
      ...{ ...common, level: 'POWER_TENANT', verification: 'ENHANCED' },
      ...{ portalDecision: 'hold', syncedPasskeys: 'refuse' },
    },
  };
};

const anyOf = (...types: string[]): EvidenceRule['anyOf'] => types.map((type) => ({ type, papers: 1 }));
const IDENTITY = ['PASSPORT', 'NATIONAL_ID', 'ID_CARD', 'GOVERNMENT_ID'];

const PERSON: EvidenceRules = {
  identity: { of: 'customer', anyOf: anyOf(...IDENTITY) },
  address: { of: 'customer', anyOf: anyOf('PROOF_OF_ADDRESS') },
};
const COMPANY: EvidenceRules = {
  incorporation: { of: 'customer', anyOf: anyOf('CERTIFICATE_OF_INCORPORATION') },
  ownership: {
    of: 'customer',
    anyOf: anyOf('SHAREHOLDER_REGISTER', 'BENEFICIAL_OWNERSHIP', 'BENEFICIAL_OWNERS_DECLARATION'),
  },
  directorsIdentity: { of: 'director', anyOf: anyOf(...IDENTITY, 'DIRECTOR_ID') },
  ownersIdentity: { of: 'beneficialOwner', anyOf: anyOf(...IDENTITY, 'DIRECTOR_ID') },
};
const SOURCE_OF_FUNDS: EvidenceRule = { of: 'customer', anyOf: anyOf('SOURCE_OF_FUNDS') };

/** The defaults for tenants. Due times: 1-3 days for KYC, 2-5 for KYB (S0, "Flow Timeline"). */
export const DEFAULT_POLICY: TenantPolicy = {
  review: { individual: REVIEW(3), organization: REVIEW(5) },
  customer: {
    documents: { reminder: 5, due: 10, expiry: 30 },
    consents: { reminder: 5, due: 10, expiry: 30 },
    activationCode: { reminder: 2, due: 5, expiry: 30 },
  },
  // High risk needs enhanced due diligence. Source: facts I01, "verification depth".
  evidence: {
    individual: { LOW: PERSON, MEDIUM: PERSON, HIGH: { ...PERSON, sourceOfFunds: SOURCE_OF_FUNDS } },
    organization: { LOW: COMPANY, MEDIUM: COMPANY, HIGH: COMPANY },
  },
  ownership: { beneficialOwnerPercent: 25 },
  // The law of the tenant's country sets the time, so nothing is deleted unless somebody has looked it up.
  documents: {},
};

/** Industries with high risk, whatever their category. Source: facts R17. */
const HIGH_RISK_INDUSTRIES: ReadonlySet<string> = new Set(['MONEY_SERVICES', 'CRYPTO_EXCHANGE', 'GAMBLING']);

export function isHighRiskIndustry(industry: string): boolean {
  return HIGH_RISK_INDUSTRIES.has(industry.toUpperCase());
}

const RISK_ORDER: readonly RiskLevel[] = ['LOW', 'MEDIUM', 'HIGH', 'PROHIBITED'];

/** The highest of several risks; undefined if there is none. */
export function highestRisk(...risks: (RiskLevel | null | undefined)[]): RiskLevel | undefined {
  return RISK_ORDER.findLast((level) => risks.includes(level));
}

/** A risk level from FinHub, whose CRITICAL counts as HIGH; undefined for any other word. */
export function readRisk(word: string): RiskLevel | undefined {
  return word === 'CRITICAL' ? 'HIGH' : RISK_ORDER.find((level) => level === word);
}

/**
 * A customer's risk by the application: the categorization's `riskLevel`, raised to HIGH for a PEP or if `raises`. A missing or unknown level
 * counts as HIGH, because too much care can be corrected later. Source: facts I01, R17.
 */
export function riskLevel(categorization: Categorization | undefined, raises: boolean): RiskLevel {
  const { riskLevel: stated = '', pep = '' } = categorization?.parameters ?? {};
  const known = highestRisk(...[stated].flat().map((level) => readRisk(level) ?? 'HIGH')) ?? 'HIGH';
  return raises || [pep].flat().includes('true') ? highestRisk(known, 'HIGH')! : known;
}

/** An unknown risk is reviewed as high. */
export function reviewedRisk(risk: RiskLevel | undefined): ReviewedRisk {
  return risk === 'LOW' || risk === 'MEDIUM' ? risk : 'HIGH';
}

/** The rules for a case. */
export function rulesFor(policy: TenantPolicy, kind: LifecycleKind, risk: RiskLevel | undefined): ReviewRules {
  return policy.review[kind][reviewedRisk(risk)];
}

/** Whether an operator of level `held` may act where level `needed` is required. */
export function levelSuffices(held: OperatorLevel, needed: OperatorLevel): boolean {
  return held === 'POWER_TENANT' || needed === 'TENANT';
}

/** Whether an operator, or another signer, works for a tenant. */
export function worksFor({ tenants }: Pick<Operator, 'tenants'>, tenantId: string): boolean {
  return tenants.includes('*') || tenants.includes(tenantId);
}
