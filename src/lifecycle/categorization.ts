import type { Categorization } from './application.js';
import type { Requirement } from './case-state.js';

/** A category of FinHub's hierarchy, as far as registering needs it. Source: facts I01. */
export interface Category {
  key: string;
  id: string;
  code: string;
  name: string;
  features: { id: string; code: string; mandatoryKeys: string[]; allowedValues: Record<string, unknown> }[];
}

/** The category an application names, by its key, code or id. */
export function findCategory(categories: readonly Category[], wanted: string): Category | undefined {
  return categories.find(({ key, id, code }) => [key, id, code].includes(wanted));
}

/** What the chosen parameters lack for a category: mandatory keys, and values outside the allowed ones. */
export function categorizationFaults(category: Category, { parameters }: Categorization): Requirement[] {
  return category.features.flatMap(({ mandatoryKeys, allowedValues }) => [
    ...mandatoryKeys
      .filter((key) => parameters[key] === undefined)
      .map((key) => fault(key, `"${key}" is mandatory in category ${category.code}`)),
    ...Object.entries(parameters)
      .filter(([key, value]) => !isAllowed(value, allowedValues[key]))
      .map(([key]) =>
        fault(
          key,
          `the value of "${key}" is not one that category ${category.code} allows: ${optionsOf(allowedValues[key]).join(', ')}`,
        ),
      ),
  ]);
}

/** The category of the hierarchy that an application names and fits, or what does not fit. */
export function fitting(
  categories: readonly Category[],
  categorization: Categorization,
): { category: Category } | { faults: Requirement[] } {
  const category = findCategory(categories, categorization.category);
  const faults = category ? categorizationFaults(category, categorization) : [unknownCategory(categories)];
  return category && faults.length === 0 ? { category } : { faults };
}

function unknownCategory(categories: readonly Category[]): Requirement {
  const known = categories.map(({ code }) => code).join(', ');
  return { code: 'categorization', message: `the category is not one of ${known}`, field: 'categorization.category' };
}

/** What a registration says of its category. */
export function chosen({ id, name, features }: Category, { parameters }: Categorization) {
  return {
    id,
    name,
    features: features.map(({ id: featureId, code, mandatoryKeys }) => ({ id: featureId, code, keys: mandatoryKeys })),
    parameters,
  };
}

function fault(key: string, message: string): Requirement {
  return { code: 'categorization', message, field: `categorization.parameters.${key}` };
}

/** The values that FinHub names, as texts. */
function optionsOf(allowed: unknown): string[] {
  return (Array.isArray(allowed) ? (allowed as unknown[]) : [allowed]).map(String);
}

/** Allowed values are a list or a single entry; `0-100` is a range (facts I01). */
function isAllowed(value: string, allowed: unknown): boolean {
  if (allowed === undefined || allowed === null) return true;
  return optionsOf(allowed).some((option) => {
    const range = /^(\d+)-(\d+)$/.exec(option);
    return range
      ? /^\d+$/.test(value) && Number(value) >= Number(range[1]) && Number(value) <= Number(range[2])
      : option === value;
  });
}
