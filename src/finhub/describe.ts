import { PHASES } from '../lifecycle/phases.js';
import type { Mark } from '../contract/schema.js';
import { fieldsOf } from '../contract/marks.js';
import { CATALOGUE } from './catalogue/index.js';
import * as sessions from './catalogue/sessions.js';
import { lookUpOf, type Endpoint, type IdempotencyClass, type LookUp } from './endpoint.js';

/** An endpoint of the catalogue, for people and scripts. */
export interface EndpointDescription {
  operation: string;
  summary: string;
  method: string;
  path: string;
  /** `main` is the current API, `legacy` the older host. */
  host: string;
  auth: string;
  class: IdempotencyClass;
  /** The operations that show what an unclear try did, and why what they show is ours. */
  readBack: { reads: string[]; proof: string; absence: string } | null;
  /** Phases, `kind: phase`, and other operations that call it. */
  usedBy: string[];
  sources: readonly string[];
  /** Fields with personal data: of the request by path, of the result by name. */
  personal: Fields;
  /** Credentials; those in the result are sealed before they leave the activity. */
  secret: Fields;
  /** What we assume because no document says it. */
  assumed: string | null;
}

interface Fields {
  request: string[];
  answer: readonly string[];
}

/** Activities over several endpoints that a phase names. */
const ACTIVITIES: Record<string, readonly string[]> = { openSession: ['openCustomerSession'] };

type AnyEndpoint = Endpoint<never, unknown>;
const ENDPOINTS = Object.values(CATALOGUE) as unknown as AnyEndpoint[];

/** Describes all endpoints, in the catalogue's order. */
export function describeEndpoints(): EndpointDescription[] {
  return ENDPOINTS.map((endpoint) => {
    const { operation, summary, method, path, host, auth, sources, assumed = null } = endpoint;
    const lookUp = lookUpOf(endpoint);
    return {
      ...{ operation, summary, method, path, host, auth },
      class: endpoint.idempotency.class,
      readBack: lookUp ? { reads: namesOf(lookUp), proof: lookUp.proof, absence: lookUp.absence } : null,
      usedBy: [...phasesOf(operation), ...readersOf(operation), ...(operation in sessions ? ['sessions'] : [])],
      ...{ sources, assumed },
      personal: { request: markedIn(endpoint, 'personal'), answer: endpoint.personal },
      secret: { request: markedIn(endpoint, 'secret'), answer: endpoint.secrets },
    };
  });
}

function markedIn({ request }: AnyEndpoint, wanted: Mark): string[] {
  return fieldsOf(request)
    .filter(({ mark }) => mark === wanted)
    .map(({ path }) => path);
}

function phasesOf(operation: string): string[] {
  return Object.entries(PHASES).flatMap(([kind, phases]) =>
    phases
      .filter(({ operations }) => operations.flatMap((name) => ACTIVITIES[name] ?? [name]).includes(operation))
      .map(({ name }) => `${kind}: ${name}`),
  );
}

function readersOf(operation: string): string[] {
  return ENDPOINTS.filter((endpoint) => namesOf(lookUpOf(endpoint)).includes(operation)).map(
    (endpoint) => endpoint.operation,
  );
}

function namesOf(lookUp: LookUp | undefined): string[] {
  return lookUp?.reads.map(({ operation }) => operation) ?? [];
}

/** Operations that phases name, but that are neither in the catalogue nor an activity; none unless someone made a mistake. */
export function unknownOperations(): string[] {
  return Object.values(PHASES)
    .flatMap((phases) => phases.flatMap(({ operations }) => operations))
    .filter((name) => !(name in CATALOGUE) && !(name in ACTIVITIES));
}
