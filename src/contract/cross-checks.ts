import type { z } from 'zod';

/**
 * Runs a check over several fields even if one of them has faults, so that all faults are reported at once. The values may then have any
 * shape: `valueAt` and `itemsOf` read them safely.
 */
export const always = {
  when: (payload: z.core.ParsePayload) => payload.value !== null && typeof payload.value === 'object',
};

export function valueAt(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>(
    (inner, name) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[name] : undefined,
    value,
  );
}

export function itemsOf(value: unknown, ...path: string[]): unknown[] {
  const items = valueAt(value, ...path);
  return Array.isArray(items) ? items : [];
}

/** Indexes of values that occur earlier in the list. */
export function repeated(values: unknown[]): number[] {
  return values.flatMap((value, index) => (value !== undefined && values.indexOf(value) < index ? [index] : []));
}
