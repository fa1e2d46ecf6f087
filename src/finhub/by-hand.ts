import { CATALOGUE } from './catalogue/index.js';
import * as sessions from './catalogue/sessions.js';
import type { Endpoint } from './endpoint.js';

/** Sessions cannot be called by hand: each worker opens, renews and closes its own. */
export const SESSION_OPERATIONS: readonly string[] = Object.keys(sessions);

/** The operations that can be called by hand. */
export const OPERATIONS_BY_HAND: readonly string[] = Object.keys(CATALOGUE).filter(
  (operation) => !SESSION_OPERATIONS.includes(operation),
);

/** The endpoint of an operation that can be called by hand; undefined for any other name. */
export function endpointByHand(operation: string): Endpoint<unknown, unknown> | undefined {
  if (!OPERATIONS_BY_HAND.includes(operation)) return undefined;
  return (CATALOGUE as unknown as Record<string, Endpoint<unknown, unknown>>)[operation];
}
