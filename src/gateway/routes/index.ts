import type { Route } from '../route.js';
import { FOR_CUSTOMERS } from './customer.js';
import { FOR_LIVING_CUSTOMERS } from './customers.js';
import { OPERATING_ROUTES } from './operating.js';
import { READING } from './reading.js';
import { STARTING } from './starting.js';
import { UPLOADING } from './uploading.js';

/** Everything that callers can ask of the gateway. */
export const ROUTES: readonly Route[] = [
  ...STARTING,
  ...UPLOADING,
  ...FOR_CUSTOMERS,
  ...FOR_LIVING_CUSTOMERS,
  ...READING,
  ...OPERATING_ROUTES,
];

const PATHS = ROUTES.map(({ method, path }) => ({
  method,
  at: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
}));

/** The methods that a path takes; none where nothing is there. */
export function methodsAt(path: string): string[] {
  const methods: string[] = PATHS.filter(({ at }) => at.test(path)).map(({ method }) => method);
  return methods.includes('GET') ? [...methods, 'HEAD'] : methods;
}
