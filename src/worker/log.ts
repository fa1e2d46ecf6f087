import { pino, type DestinationStream, type Logger } from 'pino';
import { applicationSchemas } from '../intake/application-schema.js';
import { transferSchema } from '../client/start-transfer.js';
import { CATALOGUE } from '../finhub/catalogue/index.js';
import type { Endpoint } from '../finhub/endpoint.js';
import type { Mark } from '../contract/schema.js';
import { fieldsOf } from '../contract/marks.js';
import { MESSAGE_SCHEMAS } from '../lifecycle/messages.js';
import { redactorOf } from '../privacy/redaction.js';

type Sensitive = Exclude<Mark, 'plain'>;

/**
 * The worker's log, JSON lines. Fields marked as personal or secret in an application, a message or a FinHub call are removed from every
 * line by name, at any depth. Cases are identified by `workflowId`, which contains no personal data.
 */
export function workerLog(level: string, destination: DestinationStream): Logger {
  return pino({ level, base: null, formatters: { log: redactorOf(sensitiveNames()) } }, destination);
}

/** Names of fields that are personal or secret anywhere; a name that is secret in one place is secret everywhere. */
function sensitiveNames(): Map<string, Sensitive> {
  const endpoints = Object.values(CATALOGUE) as unknown as Endpoint<never, unknown>[];
  const fields = [
    ...[...Object.values(applicationSchemas), transferSchema, ...Object.values(MESSAGE_SCHEMAS)].flatMap(fieldsOf),
    ...endpoints.flatMap(({ request, personal, secrets }) => [
      ...fieldsOf(request),
      ...personal.map((name) => ({ name, mark: 'personal' as const })),
      ...secrets.map((name) => ({ name, mark: 'secret' as const })),
    ]),
  ];
  const named = (wanted: Sensitive): [string, Sensitive][] =>
    fields.filter(({ mark }) => mark === wanted).map(({ name }) => [name, wanted]);
  return new Map([...named('personal'), ...named('secret')]);
}
