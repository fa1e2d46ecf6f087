import type { Tenant } from './fixtures.js';
import type { CustomerKind, RiskLevel } from './records.js';

export interface Category {
  readonly databaseId: string;
  readonly code: string;
  readonly name: string;
  readonly description: string;
  readonly kind: CustomerKind;
  /** The lowest risk level that a customer of this category can have. */
  readonly riskLevel: RiskLevel;
}

/** Risk levels in ascending order. */
const RISK_LEVELS: readonly RiskLevel[] = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL', 'PROHIBITED'];

function isBelow(level: RiskLevel, floor: RiskLevel): boolean {
  return RISK_LEVELS.indexOf(level) < RISK_LEVELS.indexOf(floor);
}

/** Whether only a power tenant may approve (facts §7.6). */
export function isHighRisk(level: RiskLevel): boolean {
  return !isBelow(level, 'HIGH');
}

const FEATURE = {
  featureCode: 'ENHANCED_AML_MONITORING',
  featureName: 'Enhanced AML monitoring',
  mandatoryKeys: ['riskLevel', 'riskScore', 'pep', 'sanctionsCheck', 'monitoring', 'edd'],
  allowedValues: {
    riskLevel: ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'],
    riskScore: ['0-100'],
    pep: ['true', 'false'],
    pepCategory: ['DOMESTIC_PEP', 'FOREIGN_PEP', 'RCA', 'HIO'],
    sanctionsCheck: ['STANDARD', 'ENHANCED', 'REAL_TIME'],
    monitoring: ['WEEKLY', 'DAILY', 'REAL_TIME'],
    edd: ['true', 'false'],
  },
  multiValueKeys: ['pepCategory'],
} as const;

const CATEGORIES: readonly (Omit<Category, 'databaseId'> & { readonly suffix: string })[] = [
  ['b2c-low-001', 'LOW_RISK_INDIVIDUAL', 'Low Risk Individual', 'INDIVIDUAL', 'LOW'],
  ['b2c-medium-001', 'STANDARD_INDIVIDUAL', 'Standard Individual', 'INDIVIDUAL', 'MEDIUM'],
  ['b2c-high-001', 'HIGH_RISK_INDIVIDUAL', 'High Risk Individual', 'INDIVIDUAL', 'HIGH'],
  ['b2c-prohibited-001', 'PROHIBITED_INDIVIDUAL', 'Prohibited Individual', 'INDIVIDUAL', 'PROHIBITED'],
  ['b2b-small-001', 'BUSINESS_SMALL', 'Small BUSINESS', 'ORGANIZATION', 'MEDIUM'],
  ['b2b-high-001', 'BUSINESS_HIGH_RISK', 'High Risk BUSINESS', 'ORGANIZATION', 'HIGH'],
].map(([suffix, code, name, kind, riskLevel]) => ({
  suffix: suffix as string,
  code: code as string,
  name: name as string,
  description: `${name}, ${riskLevel === 'PROHIBITED' ? 'cannot be onboarded' : `risk ${riskLevel} or above`}`,
  kind: kind as CustomerKind,
  riskLevel: riskLevel as RiskLevel,
}));

export function categoriesOf(tenant: Tenant): Category[] {
  return CATEGORIES.map(({ suffix, ...category }) => ({
    databaseId: `${tenant.categoryPrefix}-cat-${suffix}`,
    ...category,
  }));
}

/** The tenant's hierarchy as C1 shows it. */
export function hierarchyOf(tenant: Tenant) {
  const feature = { databaseId: `${tenant.categoryPrefix}-feat-aml-001`, ...FEATURE };
  return {
    tenantId: tenant.id,
    tenantName: tenant.name,
    complianceLevel: 'ENHANCED',
    categories: Object.fromEntries(
      categoriesOf(tenant).map(({ databaseId, code, name, description }) => [
        code,
        { databaseId, categoryId: code, categoryName: name, description, availableFeatures: [feature] },
      ]),
    ),
    features: { [feature.featureCode]: feature },
  };
}

/** The risk of a customer in a category: the one that is stated, but never below the category's. */
export function riskIn(category: Category, stated: RiskLevel): RiskLevel {
  return isBelow(stated, category.riskLevel) ? category.riskLevel : stated;
}

/** What is wrong with the values given for the mandatory keys. */
export function checkParameters(parameters: ReadonlyMap<string, readonly string[]>) {
  const missingKeys = FEATURE.mandatoryKeys.filter((key) => !parameters.get(key)?.length);
  const invalidValues: Record<string, string[]> = {};
  for (const [key, allowed] of Object.entries(FEATURE.allowedValues)) {
    const wrong = (parameters.get(key) ?? []).filter((value) => !isAllowed(key, value, allowed));
    if (wrong.length > 0) invalidValues[key] = wrong;
  }
  return { missingKeys, invalidValues };
}

function isAllowed(key: string, value: string, allowed: readonly string[]): boolean {
  if (key !== 'riskScore') return allowed.includes(value);
  return /^\d{1,3}$/.test(value) && Number(value) <= 100;
}
