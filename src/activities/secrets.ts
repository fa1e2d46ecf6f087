import type { KeyRing } from '../secrets/key-ring.js';
import { isSealedText } from '../lifecycle/sealed.js';
import { seal, unseal } from '../secrets/seal.js';

/** Opens sealed texts for FinHub, and seals secrets for Temporal. */
export interface Secrets {
  /** A copy with every sealed text opened, at any depth. */
  openAll<T>(value: T): T;
  sealFields<T>(value: T, names: readonly string[]): T;
}

export function secretsWith(keys: KeyRing): Secrets {
  const openAll = (value: unknown): unknown => {
    if (typeof value === 'string') return isSealedText(value) ? unseal(keys, value) : value;
    if (Array.isArray(value)) return value.map(openAll);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, openAll(part)]));
  };
  const sealFields = <T>(value: T, names: readonly string[]): T => {
    const secret = (name: string, part: unknown): part is string => names.includes(name) && typeof part === 'string';
    if (names.length === 0 || typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value as Record<string, unknown>);
    return Object.fromEntries(entries.map(([name, part]) => [name, secret(name, part) ? seal(keys, part) : part])) as T;
  };
  return { openAll: (value) => openAll(value) as typeof value, sealFields };
}
