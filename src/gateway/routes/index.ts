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
