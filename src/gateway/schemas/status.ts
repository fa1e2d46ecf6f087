import { z } from 'zod';
import { AUDIT_CODES } from '../../lifecycle/audit-codes.js';
import type { AuditCode } from '../../lifecycle/audit-events.js';
import type { ShownAuditEntry } from '../../client/index.js';
import { PHASES, type CaseKind, type PhaseName } from '../../lifecycle/phases.js';
import { personal } from '../../contract/marks.js';
import { customerStatus } from './customer.js';
import type { CaseSummary, CurrentStatus, Started } from '../../client/index.js';

export const KINDS = Object.keys(PHASES) as [CaseKind, ...CaseKind[]];
const PHASE_NAMES = [...new Set(Object.values(PHASES).flatMap((phases) => phases.map(({ name }) => name)))] as [
  PhaseName,
  ...PhaseName[],
];

export const STATUS_WORDS = [
  ...(['running', 'waiting', 'needsAttention'] as const),
  ...(['completed', 'failed', 'rejected', 'expired', 'cancelled', 'aborted'] as const),
] as const;

export const WAITERS = ['customer', 'operator', 'finhub'] as const;

const time = z.string().describe('ISO 8601');
const money = z.object({ value: z.string(), currency: z.string() }).describe('in major units, such as "25.00"');
const ceiling = z.object({ limit: money.optional(), remaining: money.optional() });

const outcome = z.object({
  result: z.enum(['active', 'completed', 'failed', 'rejected', 'expired', 'cancelled', 'aborted']),
  at: time,
  reason: personal(z.string()).optional().describe('for the customer'),
  orderId: z.string().optional(),
});

const phase = z.object({
  name: z.enum(PHASE_NAMES),
  title: z.string(),
  status: z.enum(['pending', 'active', 'completed', 'skipped', 'stopped']),
  startedAt: time.optional(),
  completedAt: time.optional(),
  longerThanExpected: z.boolean(),
});

const requirement = z.object({
  code: z.string(),
  message: z.string(),
  field: z.string().optional().describe('of the application, where one is to be corrected'),
  document: z.string().optional().describe('type of the document that is missing'),
  anyOf: z
    .array(z.object({ type: z.string(), papers: z.int() }))
    .optional()
    .describe('types that would do, and how many papers of each'),
  subject: z.string().optional().describe("whose it is: a person's `ref` of the application"),
  dueAt: time.optional(),
});

const transfer = z.object({
  reference: z.string(),
  state: z.enum([
    ...(['running', 'prepared', 'executing', 'completed', 'failed'] as const),
    ...(['rejected', 'expired', 'cancelled', 'aborted'] as const),
  ]),
  orderId: z.string().optional(),
  fees: money.optional(),
  validUntil: time.optional(),
});

const about = {
  kind: z.enum(KINDS),
  tenantId: z.string(),
  applicationId: z.string().describe("the application's id, or what else names the case: a transfer's reference"),
  status: z.enum(STATUS_WORDS),
};

/** What a backend may show its customer. */
export const lifecycleStatus = z
  .object({
    stale: z.literal(false),
    ...about,
    phase: z.enum(PHASE_NAMES).nullable(),
    phases: z.array(phase),
    waitingOn: z
      .object({ who: z.enum(WAITERS), what: z.string(), since: time, dueAt: time.optional() })
      .nullable()
      .describe('whose turn it is'),
    attention: z
      .object({
        reason: z.string(),
        correctable: z.array(z.string()).describe('parts of the application whose correction sets the case going'),
        since: time,
      })
      .nullable()
      .describe('why the case needs a person'),
    requirements: z.array(requirement).describe('what is missing, and who can bring it'),
    beneficialOwners: z
      .array(z.object({ refs: z.array(z.string()), share: z.string().describe('percent on all paths together') }))
      .nullable()
      .describe('of an organization: who owns so much of it that they are verified with it'),
    accountActive: z.boolean(),
    ids: z
      .object({
        customerId: z.string().optional(),
        userId: z.string().optional(),
        verificationId: z.string().optional(),
        accountId: z.string().optional(),
      })
      .describe("FinHub's"),
    iban: personal(z.string()).nullable(),
    wallet: z
      .object({
        operations: z.array(z.string()),
        status: z.string().optional(),
        available: money.optional(),
        blocked: money.optional(),
        limits: z.object({
          perTransaction: money.optional(),
          perDay: ceiling.optional(),
          perMonth: ceiling.optional(),
        }),
        readAt: time,
      })
      .nullable()
      .describe('as it was when the account was new'),
    review: z.object({
      stage: z.enum(['collecting', 'inReview', 'approved', 'rejected']),
      round: z.int(),
      dueAt: time.optional(),
      customerReason: personal(z.string()).optional(),
    }),
    transfer: transfer.nullable(),
    customer: customerStatus,
    outcome: outcome.nullable(),
  })
  .meta({ description: 'Where a case stands, in words that a backend may show its customer' });

/** What Temporal alone knows of a case while no worker answers. */
export const staleStatus = z
  .object({
    stale: z.literal(true),
    ...about,
    phase: z.string().nullable(),
    outcome: outcome.nullable(),
    startedAt: time,
    closedAt: time.nullable(),
  })
  .meta({ description: 'What is known of a case while no worker answers; it may be behind' });

export const status = z.discriminatedUnion('stale', [lifecycleStatus, staleStatus]);

/** A case as operators see it. Its parts are those of the status, and what a decision needs. */
export const review = z
  .looseObject({
    ...about,
    evidence: z.array(z.looseObject({ documentId: z.string(), type: z.string(), sha256: z.string() })),
    evidenceHash: z.string().describe('names in a decision what was decided on'),
    review: z.looseObject({ stage: z.string(), round: z.int() }),
    notifications: z
      .array(
        z.object({
          sequence: z.int(),
          type: z.string(),
          at: time,
          state: z.enum(['pending', 'delivered', 'givenUp']),
          since: time.optional().describe('when it was delivered or given up'),
        }),
      )
      .describe('the latest ones, and whether your receiver has taken them'),
    signing: z
      .object({ audience: z.string(), workflowId: z.string(), instance: z.string() })
      .describe('what an operator signs a message for, besides what it says'),
  })
  .meta({ description: 'A case as operators see it, with what a decision needs' });

export const auditEntry = z.object({
  seq: z.int(),
  at: time,
  event: z
    .enum(Object.keys(AUDIT_CODES) as [AuditCode, ...AuditCode[]])
    .describe('its code; docs/reference/http-reference.md says what each means'),
  by: personal(z.string()).optional(),
  caller: z.string().optional().describe('the program that handed it on'),
  signers: z.string().optional().describe('SHA-256 of the signers file that its envelope was verified by'),
  phase: z.enum(PHASE_NAMES).optional(),
  data: personal(z.record(z.string(), z.unknown())).describe('what belongs to the code'),
  text: personal(z.string()).optional().describe('what it means, in English; not for programs'),
}) satisfies z.ZodType<Omit<ShownAuditEntry, 'event' | 'data'>>;

export const audit = z.object({ entries: z.array(auditEntry) });

export const caseRow = z.object({
  workflowId: z.string(),
  kind: z.string().nullable(),
  tenantId: z.string().nullable(),
  phase: z.string().nullable(),
  status: z.string().nullable(),
  riskLevel: z.string().nullable(),
  reviewLevel: z.string().nullable(),
  assignee: z.string().nullable(),
  dueAt: time.nullable(),
  waitingFor: z.string().nullable(),
  waitingSince: time.nullable(),
  needsAttention: z.boolean(),
  startedAt: time,
  readable: z.boolean(),
}) satisfies z.ZodType<CaseSummary>;

export const caseList = z.object({
  cases: z.array(caseRow),
  total: z.int().describe('how many there are in all'),
  exact: z.boolean().describe('false where there are too many to sort them all'),
  next: z.string().nullable().describe('the cursor of the next page; null on the last one'),
});

export const started = z.object({
  workflowId: z.string(),
  runId: z.string(),
  alreadyRunning: z.boolean().describe('an earlier request with the same content started it'),
  closed: z.boolean().describe('it has ended already'),
  ids: z
    .object({ customerId: z.string(), userId: z.string().optional() })
    .nullable()
    .optional()
    .describe("FinHub's ids of the customer, where they were waited for; null where they did not come in time"),
}) satisfies z.ZodType<Omit<Started, 'ids'>>;

export const waited = z.object({
  reached: z.boolean().describe('false where it will never be reached, needs attention first, or did not come in time'),
  needsAttention: z.boolean(),
  status,
}) satisfies z.ZodType<{ reached: boolean; needsAttention: boolean; status: CurrentStatus }>;
