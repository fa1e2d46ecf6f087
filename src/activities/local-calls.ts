import { CATALOGUE } from '../finhub/catalogue/index.js';
import { PHASES } from '../lifecycle/phases.js';
import type { Activities } from './index.js';

/** Activities that are no single endpoint of the catalogue: they read, or open a session. */
const OTHERS = [
  'openSession',
  'awaitReadiness',
  'awaitAccount',
  'awaitOrder',
  'awaitScreening',
  'readWallet',
  'readPaymentFacts',
] as const satisfies (keyof Activities)[];

/** Ends a session that ends by itself within the hour: not worth six events, nor an activity of its own. */
const LOG_OUT = 'closeSession' satisfies keyof Activities;

/**
 * The activities that are tried within the workflow task first. With `localFirst` these are all whose repeat is harmless by their class, since
 * all calls of a workflow task are made again when its worker dies: those that read, and those that FinHub lets come twice.
 */
export function localCalls({ localFirst }: { localFirst: boolean }): string[] {
  if (!localFirst) return [LOG_OUT];
  const ofPhases = new Set<string>(
    Object.values(PHASES).flatMap((phases) => phases.flatMap(({ operations }) => operations)),
  );
  const harmless = Object.values(CATALOGUE)
    .filter(
      ({ operation, idempotency }) => ofPhases.has(operation) && ['safe', 'repeatable'].includes(idempotency.class),
    )
    .map(({ operation }) => operation);
  return [LOG_OUT, ...OTHERS, ...harmless];
}
