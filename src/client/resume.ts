import { WorkflowExecutionAlreadyStartedError, type WorkflowExecutionDescription } from '@temporalio/client';
import type { Application, DocumentReference } from '../contract/application.js';
import type { TransferOrder } from '../lifecycle/transfer.js';
import { bodyHash, insufficient, START, startBody, type Signable } from '../lifecycle/proof-rules.js';
import type { Outcome } from '../lifecycle/outcome.js';
import type { LifecycleStatus } from '../lifecycle/status.js';
import { WORKFLOW_TYPES } from '../lifecycle/ids.js';
import type { Message } from '../lifecycle/messages.js';
import type { CaseKind } from '../lifecycle/phases.js';
import { senderOf } from '../lifecycle/sender.js';
import { audienceOf } from '../proof/envelope.js';
import type { SignerSet, Signers } from '../proof/signers-file.js';
import { verifyProof } from '../proof/verify.js';
import { AnswerUnreadable } from '../temporal/slots.js';
import { caseIdParts } from './case-id.js';
import { ask } from './current-status.js';
import { describeCase } from './describe-case.js';
import { readHistory, type EarlierMessage, type EarlierStart, type History } from './earlier-life.js';
import { ApplicationConflict, InvalidInput, NoAnswer, NotResumable } from './errors.js';
import { resumeCustomer } from './resume-customer.js';
import { marksOf, startRun, takeApplication, type IntakeOptions, type StartDependencies, type Taken } from './start.js';
import { takeTransfer } from './start-transfer.js';
import { isFinal } from './stopped.js';

/** A case that was ended from outside and runs again. */
export interface Resumed {
  workflowId: string;
  runId: string;
  /** Where its application came from. */
  takenFrom: 'history' | 'file';
  /** Documents that were taken over. */
  documents: number;
  /** Number of earlier runs. */
  earlierRuns: number;
}

export interface ResumeDependencies extends StartDependencies {
  /** If messages are signed: whose signatures count in the earlier runs. */
  signers?: Signers | undefined;
}

/** The application of a case whose history cannot provide it. */
export interface Given extends IntakeOptions {
  input: unknown;
}

type Resumable = Exclude<CaseKind, 'call' | 'customer'>;

/**
 * Restarts a case that was ended from outside. Existing objects at FinHub are adopted, and signed documents and consents are taken over.
 * People make all other decisions again, because signatures for the earlier run do not count in the new one.
 * @throws CaseNotFound; NotResumable; InvalidInput; ApplicationConflict if the file is of another application
 */
export async function resumeCase(
  dependencies: ResumeDependencies,
  workflowId: string,
  given?: Given,
): Promise<Resumed> {
  const { temporal, signing } = dependencies;
  const { kind } = caseIdParts(workflowId);
  if (kind === 'call')
    throw new NotResumable(workflowId, 'ask for a call by hand again, once you know whether FinHub has it');
  const latest = await describeCase(temporal.workflow.getHandle(workflowId));
  const type = WORKFLOW_TYPES[kind];
  if (latest.status.name === 'RUNNING') throw new NotResumable(workflowId, whyRunning(latest, type));
  if (kind === 'customer') {
    if (given) throw new NotResumable(workflowId, 'a customer after onboarding has no application; leave out the file');
    const resumed = await resumeCustomer(temporal, workflowId);
    return { workflowId, takenFrom: 'history', documents: 0, ...resumed };
  }
  const history = await readHistory(temporal, type, latest, signing !== undefined);
  const { outcome, life } = history;
  const own = outcome ?? (await queriedOutcome(dependencies, workflowId));
  if (own) throw new NotResumable(workflowId, `it ended normally (${own.result}) at ${own.at}`);
  const proved = await provedOf(dependencies, workflowId, history);
  const taken = given
    ? await fromFile(dependencies, workflowId, kind, given, history, proved)
    : await fromHistory(dependencies, workflowId, kind, proved);
  const { subject, documents } = takeOver(taken.subject, proved);
  try {
    const runId = await startRun(dependencies, kind, workflowId, subject, taken.marks, {
      earlier: life,
      afterCompleted: latest.status.name === 'COMPLETED',
    });
    const takenFrom = given ? 'file' : 'history';
    return { workflowId, runId, takenFrom, documents, earlierRuns: life.runs.length };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    throw new NotResumable(workflowId, 'it was started by someone else');
  }
}

/** The outcome of a case that was ended while it delivered its last notifications, if a worker can answer. */
async function queriedOutcome({ temporal }: ResumeDependencies, workflowId: string): Promise<Outcome | undefined> {
  try {
    const { outcome } = await ask<LifecycleStatus>(temporal, workflowId, 'status', QUESTION_SECONDS);
    return outcome && isFinal(outcome) ? outcome : undefined;
  } catch (error) {
    if (error instanceof NoAnswer || error instanceof AnswerUnreadable) return undefined;
    throw error;
  }
}

const QUESTION_SECONDS = 5;

function whyRunning({ type: is }: WorkflowExecutionDescription, type: string): string {
  return is === type
    ? 'it is running'
    : `a workflow of type ${is} runs with its id, which is not a case; terminate it first`;
}

/** The parts of a case's history that are signed by current signers; all of it if nothing is signed. */
interface Proved {
  start: EarlierStart | undefined;
  messages: Message[];
}

async function provedOf(
  { signing, signers, temporal }: ResumeDependencies,
  workflowId: string,
  { starts, messages }: History,
): Promise<Proved> {
  if (!signing) return { start: starts[0], messages: messages.map(({ message }) => message) };
  if (!signers) throw new NotResumable(workflowId, 'set SIGNERS_FILE, to check the signatures of its earlier runs');
  const set = await signers.current();
  const audience = audienceOf(signing.environment, temporal.options.namespace);
  const check = new Check(set, audience, workflowId);
  return {
    start: await first(starts, (start) => check.start(start)),
    messages: (await filtered(messages, (message) => check.message(message))).map(({ message }) => message),
  };
}

/** Whether something was signed for this case by somebody who may send it. */
class Check {
  readonly #signers: SignerSet;
  readonly #place: { audience: string; tenant: string; workflowId: string };

  constructor(signers: SignerSet, audience: string, workflowId: string) {
    this.#signers = signers;
    this.#place = { audience, tenant: caseIdParts(workflowId).tenantId, workflowId };
  }

  start({ application, proof }: EarlierStart): Promise<boolean> {
    return this.#isGood(START, bodyHash(startBody(application)), proof, undefined, undefined);
  }

  message({ message, proof, instance }: EarlierMessage): Promise<boolean> {
    return this.#isGood(message.name, bodyHash(message.body), proof, instance, senderOf(message));
  }

  async #isGood(
    message: Signable,
    hash: string,
    proof: string | undefined,
    instance: string | undefined,
    sender: string | undefined,
  ): Promise<boolean> {
    const expected = { ...this.#place, instance, message, bodyHash: hash };
    const verified = await verifyProof(proof, expected, this.#signers, new Date());
    return verified.ok && insufficient('submitter', verified.proof, sender) === undefined;
  }
}

const isCorrected = ({ messages }: Proved): boolean => messages.some(({ name }) => name === 'correctApplication');

type Subject = Application | TransferOrder;

async function fromHistory(
  dependencies: ResumeDependencies,
  workflowId: string,
  kind: Resumable,
  proved: Proved,
): Promise<Taken<Subject>> {
  const { start } = proved;
  if (!start)
    throw new NotResumable(
      workflowId,
      'Temporal has no readable and proved start of it; give the application or transfer as a file',
    );
  if (isCorrected(proved))
    throw new NotResumable(workflowId, 'it was corrected; give the application as it should be now, as a file');
  if (kind === 'transfer') return takeTransfer(dependencies, start.application);
  const application = start.application as Application;
  return { workflowId, subject: application, marks: marksOf(dependencies.keys, kind, application, start.mark ?? '') };
}

/** The application from a file. It may differ from the start only if the case was corrected. */
async function fromFile(
  dependencies: ResumeDependencies,
  workflowId: string,
  kind: Resumable,
  { input, folder }: Given,
  { starts }: History,
  proved: Proved,
): Promise<Taken<Subject>> {
  const taken: Taken<Subject> =
    kind === 'transfer'
      ? await takeTransfer(dependencies, input)
      : await takeApplication(dependencies, kind, input, { folder });
  if (taken.workflowId !== workflowId) {
    const message = `is for ${taken.workflowId}, not for ${workflowId}`;
    throw new InvalidInput('the file', [{ path: workflowId, message }]);
  }
  const { mark } = proved.start ?? starts[0] ?? {};
  if (mark !== undefined && mark !== taken.marks.mark && !isCorrected(proved))
    throw new ApplicationConflict(workflowId);
  return taken;
}

/** Signed documents and consents from the earlier runs, which nobody needs to submit again. Their submitters can never decide. */
function takeOver(subject: Subject, { start, messages }: Proved): { subject: Subject; documents: number } {
  if (!('documents' in subject)) return { subject, documents: 0 };
  const known = new Set(subject.documents.map(({ documentId }) => documentId));
  const before = start?.application as Partial<Application> | undefined;
  const came = new Map<string, DocumentReference>();
  const handedInBy = new Set(before?.handedInBy);
  let consents = subject.consents ?? before?.consents;
  const add = (documents: readonly DocumentReference[] = []): void => {
    for (const document of documents) if (!known.has(document.documentId)) came.set(document.documentId, document);
  };
  add(before?.documents);
  for (const { name, body } of messages) {
    if (name === 'submitDocuments') {
      handedInBy.add(body.submittedBy);
      add(body.documents);
    }
    if (name === 'correctApplication') handedInBy.add(body.correctedBy);
    if (name === 'acceptConsents') consents ??= body;
  }
  const changed = {
    ...subject,
    documents: [...subject.documents, ...came.values()],
    ...(consents && { consents }),
    ...(handedInBy.size > 0 && { handedInBy: [...handedInBy].sort() }),
  };
  return { subject: changed, documents: came.size };
}

async function first<T>(all: readonly T[], is: (one: T) => Promise<boolean>): Promise<T | undefined> {
  for (const one of all) if (await is(one)) return one;
  return undefined;
}

async function filtered<T>(all: readonly T[], is: (one: T) => Promise<boolean>): Promise<T[]> {
  const passed: T[] = [];
  for (const one of all) if (await is(one)) passed.push(one);
  return passed;
}
