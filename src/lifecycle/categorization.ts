import type { Categorization } from '../contract/application.js';
import type { Requirement } from './case-state.js';
import { highestRisk, readRisk, type RiskLevel } from './policy.js';

/** A category of FinHub's hierarchy, as far as registering needs it. Source: facts I01. */
export interface Category {
  key: string;
  id: string;
  code: string;
  name: string;
  /** The risk level that FinHub names for it, where it does. */
  risk?: string | undefined;
  features: {
    id: string;
    code: string;
    mandatoryKeys: string[];
    allowedValues: Record<string, unknown>;
    /** Keys that may have several values. */
    multiValueKeys: string[];
  }[];
}

/**
 * Risk of the customers in a category: the level that FinHub names, or that is a word in its ids and name (`fs-cat-b2c-low-001`,
 * `HIGH_RISK_INDIVIDUAL`); undefined if there is none. Source: facts I01, R3.
 */
export function riskOfCategory({ key, id, code, name, risk = '' }: Category): RiskLevel | undefined {
  const words = [risk, key, id, code, name].flatMap((text) => text.toUpperCase().split(/[^A-Z]+/));
  return highestRisk(...words.map(readRisk));
}

/** The category an application names, by its key, code or id. */
export function findCategory(categories: readonly Category[], wanted: string): Category | undefined {
  return categories.find(({ key, id, code }) => [key, id, code].includes(wanted));
}

/** Risk of the category that a categorization names; null if there is no such category or no risk. */
export function riskIn(categories: readonly Category[], { category }: Categorization): RiskLevel | null {
  const found = findCategory(categories, category);
  return (found && riskOfCategory(found)) ?? null;
}

/** What the chosen parameters lack for a category: mandatory keys, and values outside the allowed ones. */
export function categorizationFaults(category: Category, { parameters }: Categorization): Requirement[] {
  const multiple = new Set(category.features.flatMap(({ multiValueKeys }) => multiValueKeys));
  const several = Object.keys(parameters).filter((key) => Array.isArray(parameters[key]) && !multiple.has(key));
  const single = several.map((key) => fault(key, `"${key}" takes one value in category ${category.code}`));
  const wrong = category.features.flatMap(({ mandatoryKeys, allowedValues }) => [
    ...mandatoryKeys
      .filter((key) => parameters[key] === undefined)
      .map((key) => fault(key, `"${key}" is mandatory in category ${category.code}`)),
    ...Object.entries(parameters)
      .filter(([key, value]) => ![value].flat().every((one) => isAllowed(one, allowedValues[key])))
      .map(([key]) =>
        fault(
          key,
          `the value of "${key}" is not one that category ${category.code} allows: ${optionsOf(allowedValues[key]).join(', ')}`,
        ),
      ),
  ]);
  return [...single, ...wrong];
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
