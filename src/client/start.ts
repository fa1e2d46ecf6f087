import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { Application } from '../contract/application.js';
import { canonicalJson } from '../lifecycle/canonical.js';
import { riskOf } from '../lifecycle/risk.js';
import type { EarlierLife } from '../lifecycle/case-state.js';
import type { RegisteredIds } from '../lifecycle/messages.js';
import { caseId, TASK_QUEUE, WORKFLOW_TYPES } from '../lifecycle/ids.js';
import type { CaseKind, LifecycleKind } from '../lifecycle/phases.js';
import type { RiskLevel } from '../lifecycle/policy.js';
import { attributesAtStart } from '../lifecycle/search-attributes.js';
import type { KeyRing } from '../secrets/key-ring.js';
import { searchTokens } from '../secrets/search-tokens.js';
import { fingerprint, seal } from '../secrets/seal.js';
import type { DocumentStore } from '../store/document-store.js';
import { typedAttributes } from '../temporal/search-attributes.js';
import { applicationSchemas } from '../intake/application-schema.js';
import { itemsOf } from '../contract/cross-checks.js';
import { readDocuments, storeDocuments } from './document-intake.js';
import { ApplicationConflict, InvalidInput } from './errors.js';
import { faultsOf, TENANT_MISSING } from '../intake/faults.js';
import { idsWithin } from './registered-ids.js';
import { proofOfStart, type Signing } from './signing.js';

/** A lifecycle that was started, by this call or by an earlier one with the same content. */
export interface Started {
  workflowId: string;
  runId: string;
  /** An earlier call started it; this one changed nothing. */
  alreadyRunning: boolean;
  /** It has ended already. */
  closed: boolean;
  /** FinHub's ids of the customer, where they were asked for; null where they did not come in time. */
  ids?: RegisteredIds | null;
}

export interface IntakeOptions {
  /** Folder that the documents' `file` paths start from; without it documents come with their content. */
  folder?: string | undefined;
}

export interface StartOptions extends IntakeOptions {
  /** Seconds to wait for FinHub's ids once the lifecycle has started; without it they are not waited for. */
  idsWithin?: number | undefined;
}

export interface StartDependencies {
  temporal: Client;
  keys: KeyRing;
  store: DocumentStore;
  /** For applications that name no tenant. */
  tenantId?: string | undefined;
  signing?: Signing | undefined;
  /** Somebody's own envelope, instead of the client's. */
  proof?: string | undefined;
}

/**
 * Checks an application, stores its documents, seals its password and starts its lifecycle, unless the same application did before.
 * @throws InvalidInput with every fault; ApplicationConflict where the id was used with other content
 */
export async function startLifecycle(
  dependencies: StartDependencies,
  kind: LifecycleKind,
  input: unknown,
  { folder, idsWithin: seconds }: StartOptions,
): Promise<Started> {
  const taken = await takeApplication(dependencies, kind, input, { folder });
  const started = await startOnce(dependencies, kind, taken.workflowId, taken.subject, taken.marks);
  if (seconds === undefined) return started;
  return { ...started, ids: await idsWithin(dependencies.temporal, taken.workflowId, seconds) };
}

/** What a case is to be started with, checked. */
export interface Taken<Subject> {
  workflowId: string;
  subject: Subject;
  marks: StartMarks;
}

/**
 * Checks an application, stores its documents and seals its password.
 * @throws InvalidInput with every fault
 */
export async function takeApplication(
  dependencies: StartDependencies,
  kind: LifecycleKind,
  input: unknown,
  { folder }: IntakeOptions,
): Promise<Taken<Application>> {
  const { keys, store } = dependencies;
  const parsed = applicationSchemas[kind].safeParse(input);
  const { documents, faults } = await readDocuments(itemsOf(input, 'documents'), folder);
  const tenantId = parsed.data?.tenantId ?? dependencies.tenantId;
  const all = [
    ...faultsOf(parsed.error),
    ...faults,
    ...(parsed.success && tenantId === undefined ? [TENANT_MISSING] : []),
  ];
  if (!parsed.success || tenantId === undefined || all.length > 0) throw new InvalidInput('the application', all);

  const workflowId = caseId(kind, tenantId, parsed.data.applicationId);
  const plain: Application = {
    ...parsed.data,
    tenantId,
    documents: await storeDocuments(store, workflowId, documents),
  };
  const subject = { ...plain, password: seal(keys, plain.password) };
  const mark = fingerprint(keys, canonicalJson({ kind, ...plain }));
  return { workflowId, subject, marks: marksOf(keys, kind, subject, mark) };
}

/** @param mark distinguishes equal content from other content */
export function marksOf(keys: KeyRing, kind: LifecycleKind, application: Application, mark: string): StartMarks {
  return {
    mark,
    tokens: searchTokens(keys, application),
    risk: riskOf(application),
    summary: `${kind} onboarding ${application.applicationId}`,
    details: [
      `- Tenant: \`${application.tenantId}\``,
      `- Category: \`${application.categorization?.category ?? 'none'}\``,
      `- Documents handed in with the application: ${application.documents.length}`,
    ],
  };
}

/** What a case is started with besides its subject. */
export interface StartMarks {
  /** Tells equal content from other content. */
  mark: string;
  risk?: RiskLevel;
  /** By what it is found. */
  tokens?: string[];
  /** For Temporal's UI; Markdown, without personal data. */
  summary: string;
  details: string[];
}

/**
 * The server lets one start of an id through and refuses all others, running or closed; whoever is refused compares. So two starts at
 * the same time, or one repeated after an unclear answer, end in one case.
 */
export async function startOnce(
  { temporal, signing, proof }: Pick<StartDependencies, 'temporal' | 'signing' | 'proof'>,
  kind: CaseKind,
  workflowId: string,
  application: { tenantId: string },
  marks: StartMarks,
): Promise<Started> {
  try {
    const runId = await startRun({ temporal, signing, proof }, kind, workflowId, application, marks);
    return { workflowId, runId, alreadyRunning: false, closed: false };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  const earlier = await temporal.workflow
    .getHandle(workflowId)
    .describe()
    .catch((error: unknown) => {
      // Its retention ended between the two calls.
      if (error instanceof WorkflowNotFoundError) return undefined;
      throw error;
    });
  if (earlier === undefined) return startOnce({ temporal, signing, proof }, kind, workflowId, application, marks);
  if (earlier.memo?.['fingerprint'] !== marks.mark) throw new ApplicationConflict(workflowId);
  return { workflowId, runId: earlier.runId, alreadyRunning: true, closed: earlier.status.name !== 'RUNNING' };
}

/** What a case is started again with, after it was ended from outside. */
export interface StartAgain {
  earlier: EarlierLife;
  /** The last run has completed, with nothing of ours: Temporal lets such an id be used again only if that is said. */
  afterCompleted: boolean;
}

/**
 * Starts a run, signed by whoever starts it, where none runs; the first one of its id, or again after another.
 * @returns its id
 * @throws WorkflowExecutionAlreadyStartedError
 */
export async function startRun(
  { temporal, signing, proof }: Pick<StartDependencies, 'temporal' | 'signing' | 'proof'>,
  kind: CaseKind,
  workflowId: string,
  application: { tenantId: string },
  { mark, risk, tokens, summary, details }: StartMarks,
  again?: StartAgain,
): Promise<string> {
  const signed = proof ?? (await proofOfStart(signing, temporal, workflowId, application));
  const reuse = again?.afterCompleted ? 'ALLOW_DUPLICATE' : 'ALLOW_DUPLICATE_FAILED_ONLY';
  const handle = await temporal.workflow.start(WORKFLOW_TYPES[kind], {
    workflowId,
    taskQueue: TASK_QUEUE,
    workflowIdConflictPolicy: 'FAIL',
    workflowIdReusePolicy: again ? reuse : 'REJECT_DUPLICATE',
    args: [{ application, proof: signed, ...(again && { earlier: again.earlier }) }],
    memo: { fingerprint: mark },
    typedSearchAttributes: typedAttributes(attributesAtStart(kind, application.tenantId, new Date(), { risk, tokens })),
    staticSummary: summary,
    staticDetails: details.join('\n'),
  });
  return handle.firstExecutionRunId;
}
