import { variableTable } from './configuration.js';
import { endpointTables } from './endpoints.js';
import { failuresPage } from './failures.js';
import { httpReference } from './http-reference.js';
import { withPart } from './markdown.js';
import { deadlineTable, reviewTable } from './policy.js';
import { statesPage } from './states.js';

/** Pages of `docs/reference` that are made from the code, as a whole or in parts: the page as it should be, given the page as it is. */
export const PAGES: Record<string, (page: string) => string> = {
  states: statesPage,
  failures: failuresPage,
  'http-reference': httpReference,
  configuration: (page) => withPart(page, 'variables', variableTable()),
  endpoints: (page) => withPart(page, 'endpoints', endpointTables()),
  policy: (page) => withPart(withPart(page, 'reviews', reviewTable()), 'deadlines', deadlineTable()),
};
