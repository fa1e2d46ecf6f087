import { z } from 'zod';
import { endpoint } from '../endpoint.js';
import { at, firstText, Id, listIn, textsIn } from './fields.js';

/** The allowed values by key. A key without readable values allows everything. */
function allowedIn(value: unknown): Record<string, string[]> {
  if (typeof value !== 'object' || value === null) return {};
  const entries = Object.entries(value).map(([key, values]) => [key, textsIn(values)] as const);
  return Object.fromEntries(entries.filter(([, values]) => values.length > 0));
}

const Category = z.unknown().transform((category) => ({
  id: firstText(category, 'databaseId', 'categoryId') ?? '',
  code: firstText(category, 'categoryId', 'databaseId') ?? '',
  name: firstText(category, 'categoryName', 'name', 'categoryId') ?? '',
  risk: firstText(category, 'riskLevel', 'riskTier', 'risk.level'),
  features: listIn(at(category, 'availableFeatures') ?? at(category, 'features')).map((feature) => ({
    id: firstText(feature, 'databaseId', 'featureCode') ?? '',
    code: firstText(feature, 'featureCode', 'code') ?? '',
    mandatoryKeys: textsIn(at(feature, 'mandatoryKeys')),
    allowedValues: allowedIn(at(feature, 'allowedValues')),
    multiValueKeys: textsIn(at(feature, 'multiValueKeys')),
  })),
}));

/** Categories with their features, mandatory keys and allowed values. S0, S1, S2, S3, F1, C1, R3, R10. */
export const getCategorizationHierarchy = endpoint({
  operation: 'getCategorizationHierarchy',
  summary: 'Reads the categories a customer may be registered in',
  method: 'GET',
  path: '/api/v2.1/customer/individual/categorization/hierarchy/{tenantId}',
  auth: 'admin',
  sources: ['S0', 'S1', 'S2', 'S3', 'F1', 'C1', 'R2', 'R3', 'R10'],
  request: z.strictObject({ tenantId: Id }),
  response: z.unknown().transform((data, context) => {
    const categories = at(data, 'categories');
    if (typeof categories !== 'object' || categories === null) {
      context.addIssue({ code: 'custom', message: 'there are no categories in the response' });
      return z.NEVER;
    }
    return {
      categories: Object.entries(categories).map(([key, value]) => {
        const category = Category.parse(value);
        return { ...category, key, code: category.code || key, id: category.id || key };
      }),
    };
  }),
  idempotency: { class: 'safe' },
});
