import { z } from 'zod';
import { applicationJsonSchema } from '../client/index.js';
import { transferJsonSchema } from '../client/start-transfer.js';
import { consents, document, text } from '../contract/field-schemas.js';
import { personal } from '../contract/marks.js';
import { problemSchema } from './problem.js';
import { ROUTES } from './routes/index.js';
import * as messages from './schemas/messages.js';
import * as status from './schemas/status.js';

export type JsonSchema = Record<string, unknown>;

const resolved = z.object({
  resolved: z.array(
    z.object({
      workflowId: z.string(),
      attentionId: z.string(),
      operation: z.string(),
      result: z.enum(['applied', 'refused', 'would', 'unanswered']),
      detail: z.string(),
    }),
  ),
});

const plannedCall = z.looseObject({ workflowId: z.string() });

const uploaded = z.object({
  documentId: z.uuid(),
  type: z.string(),
  subject: z.string().optional(),
  mimeType: z.string(),
  size: z.int().describe('bytes'),
  sha256: z.string().describe('names it in the start, or where it is handed in'),
});

const submission = z.strictObject({
  submittedBy: personal(text()),
  documents: z.array(document).min(1).max(50),
});

/** What answers hold, by the names of their components. */
export const ANSWER_SCHEMAS: Record<string, z.ZodType> = {
  Problem: problemSchema,
  Started: status.started,
  Answer: messages.answer,
  Uploaded: uploaded,
  Status: status.status,
  Waited: status.waited,
  Review: status.review,
  Audit: status.audit,
  CaseList: status.caseList,
  Resolved: resolved,
  PlannedCall: plannedCall,
};

/** All components of the OpenAPI file. */
export function components(): Record<string, JsonSchema> {
  const answers = Object.entries(ANSWER_SCHEMAS).map(([name, schema]) => [name, jsonSchema(schema, 'output')] as const);
  const checked = ROUTES.flatMap(({ body }) =>
    body?.checked ? [[body.name, jsonSchema(body.checked, 'input')] as const] : [],
  );
  return {
    ...Object.fromEntries(answers),
    ...Object.fromEntries(checked),
    IndividualApplication: overHttp(applicationJsonSchema('individual'), 'applicationId'),
    OrganizationApplication: overHttp(applicationJsonSchema('organization'), 'applicationId'),
    Transfer: overHttp(transferJsonSchema(), 'reference'),
    Document: { type: 'string', format: 'binary' },
    Submission: overHttp(jsonSchema(submission, 'input')),
    Consents: jsonSchema(consents, 'input'),
  };
}

export function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: ({ zodSchema }) =>
      zodSchema._zod.def.type === 'custom' ? { type: 'string', contentEncoding: 'base64' } : {},
  }) as JsonSchema;
  return rest;
}

/** As it comes over HTTP: its id stands in the address as well, and no file is read where the gateway runs. */
function overHttp(schema: unknown, id?: string): JsonSchema {
  const { $schema: _, ...rest } = structuredClone(schema) as JsonSchema;
  const properties = rest['properties'] as Record<string, JsonSchema>;
  const items = properties['documents']?.['items'] as JsonSchema | undefined;
  if (items) delete (items['properties'] as JsonSchema)['file'];
  if (id !== undefined) rest['required'] = (rest['required'] as string[]).filter((name) => name !== id);
  return rest;
}
