import { isOrganization, type Application } from '../contract/application.js';
import { ownersOf } from './ownership.js';
import { isHighRiskIndustry, riskLevel, type RiskLevel } from './policy.js';

/** Risk of the whole case: a PEP among an organization's people, or its industry, raises it. Source: facts R17. */
export function riskOf(application: Application): RiskLevel {
  if (!isOrganization(application)) return riskLevel(application.categorization, false);
  const { directors, organization } = application;
  const hasPep = [...directors, ...ownersOf(application)].some(({ isPEP }) => isPEP);
  return riskLevel(application.categorization, hasPep || isHighRiskIndustry(organization.industry));
}
