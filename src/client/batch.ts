import { setTimeout as sleep } from 'node:timers/promises';
import { bulkhead, type IPolicy } from 'cockatiel';
import { parseJson } from '../files/json.js';
import type { IndividualInput, OrganizationInput } from '../intake/application-schema.js';
import type { CurrentStatus } from './current-status.js';
import { ApplicationConflict, InvalidInput, type Fault } from './errors.js';
import type { OnboardingClient } from './onboarding-client.js';
import type { Started } from './start.js';
import type { TransferInput } from './start-transfer.js';

const KINDS = ['individual', 'organization', 'transfer'] as const;
type BatchKind = (typeof KINDS)[number];

export interface BatchOptions {
  /** Entries processed at a time; 8 by default. */
  concurrency?: number | undefined;
  /** Transfers of one account processed at a time; 1 by default. */
  perAccount?: number | undefined;
  /** Follows each transfer until it has ended or waits for a person; true by default. Lifecycles are only started. */
  follow?: boolean | undefined;
  /** Called at intervals while the batch runs, even if no line was finished. */
  onProgress?: ((progress: BatchProgress) => void) | undefined;
  /** The interval in milliseconds; 5 s by default. */
  progressMs?: number | undefined;
  /** The folder that the applications' documents are relative to. */
  folder?: string | undefined;
}

/** The progress of a batch. */
export interface BatchProgress {
  /** Lines with a report. */
  done: number;
  /** Lines that were read and are not finished. */
  atWork: number;
  /** Those of them whose case was started but got no answer from a worker. */
  unanswered: number;
}

/** The result of one line. */
export interface BatchReport {
  /** From 1. */
  line: number;
  kind: BatchKind | null;
  workflowId: string | null;
  /** `found`: the same content was started before; `conflict`: other content was; `refused`: nothing was sent. */
  result: 'started' | 'found' | 'conflict' | 'refused' | 'failed';
  /** Of the case, if it was followed. */
  status: string | null;
  detail: string | null;
  faults?: readonly Fault[] | undefined;
}

/** The parts of the client that a batch needs. */
export type BatchClient = Pick<OnboardingClient, 'startIndividual' | 'startOrganization' | 'startTransfer' | 'status'>;

/** Lines read ahead of those in progress. */
const AHEAD = 8;

/**
 * Starts the cases in JSON lines, each `{"individual": {…}}`, `{"organization": {…}}` or `{"transfer": {…}}`; empty lines are skipped. A fault
 * in one line does not stop the others, and running a batch again starts nothing twice.
 * @param report called for each line when it is finished, in that order
 */
export async function runBatch(
  client: BatchClient,
  lines: AsyncIterable<string>,
  { concurrency = 8, perAccount = 1, follow = true, folder, onProgress, progressMs = 5_000 }: BatchOptions,
  report: (entry: BatchReport) => void,
): Promise<void> {
  const turns = bulkhead(concurrency, Infinity);
  const accounts = new Map<string, IPolicy>();
  const ofAccount = (accountId: string): IPolicy => {
    const turn = accounts.get(accountId) ?? bulkhead(perAccount, Infinity);
    accounts.set(accountId, turn);
    return turn;
  };
  const atWork = new Set<Promise<void>>();
  const unanswered = new Set<string>();
  let count = 0;
  let done = 0;
  const reportProgress = (): void => onProgress?.({ done, atWork: atWork.size, unanswered: unanswered.size });
  const timer = onProgress && setInterval(reportProgress, progressMs);
  try {
    for await (const text of lines) {
      const line = (count += 1);
      if (text.trim() === '') continue;
      const entry = entryOf(text);
      const work = (): Promise<void> =>
        turns.execute(async () => {
          report({ line, ...(await handled(client, entry, { follow, folder, unanswered })) });
          done += 1;
        });
      const account = accountOf(entry);
      const task: Promise<void> = (account === undefined ? work() : ofAccount(account).execute(work)).finally(() =>
        atWork.delete(task),
      );
      atWork.add(task);
      if (atWork.size >= concurrency * AHEAD) await Promise.race(atWork);
    }
    await Promise.all(atWork);
  } finally {
    clearInterval(timer);
  }
}

type Entry = { kind: BatchKind; input: unknown } | { fault: string };

function entryOf(text: string): Entry {
  const form = `one of ${KINDS.map((kind) => `{"${kind}": {…}}`).join(', ')} is expected`;
  try {
    const [only, ...others] = Object.entries(parseJson(text) as object);
    const kind = KINDS.find((candidate) => candidate === only?.[0]);
    return kind === undefined || others.length > 0 ? { fault: form } : { kind, input: only![1] };
  } catch {
    return { fault: 'JSON is expected' };
  }
}

function accountOf(entry: Entry): string | undefined {
  if (!('kind' in entry) || entry.kind !== 'transfer') return undefined;
  const { accountId } = (entry.input ?? {}) as { accountId?: unknown };
  return typeof accountId === 'string' ? accountId : undefined;
}

async function handled(
  client: BatchClient,
  entry: Entry,
  { follow, folder, unanswered }: Pick<BatchOptions, 'follow' | 'folder'> & { unanswered: Set<string> },
): Promise<Omit<BatchReport, 'line'>> {
  const nothing = { workflowId: null, status: null, detail: null };
  if ('fault' in entry) return { ...nothing, kind: null, result: 'refused', detail: entry.fault };
  const { kind } = entry;
  let workflowId: string | null = null;
  try {
    const begun = await started(client, kind, entry.input, folder);
    ({ workflowId } = begun);
    const result = begun.alreadyRunning ? 'found' : 'started';
    const seen = follow && kind === 'transfer' ? await followed(client, workflowId, unanswered) : undefined;
    return { kind, workflowId, result, status: seen?.status ?? null, detail: detailOf(seen) };
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof InvalidInput) {
      return { ...nothing, kind, result: 'refused', detail: message, faults: error.faults };
    }
    if (error instanceof ApplicationConflict) {
      return { ...nothing, kind, result: 'conflict', workflowId: error.workflowId, detail: message };
    }
    // With an id if the case was started but could not be followed.
    return { ...nothing, kind, result: 'failed', workflowId, detail: message };
  }
}

/** Why a transfer ended as it did, or what blocks it. */
function detailOf(seen: CurrentStatus | undefined): string | null {
  if (!seen) return null;
  const missing = seen.stale ? [] : seen.requirements.map(({ message }) => message);
  const needed = seen.stale ? undefined : seen.attention?.reason;
  return seen.outcome?.reason ?? (missing.join('; ') || (needed ?? null));
}

function started(client: BatchClient, kind: BatchKind, input: unknown, folder?: string): Promise<Started> {
  switch (kind) {
    case 'individual':
      return client.startIndividual(input as IndividualInput, { folder });
    case 'organization':
      return client.startOrganization(input as OrganizationInput, { folder });
    case 'transfer':
      return client.startTransfer(input as TransferInput);
  }
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2000;

/** Polls until a transfer has ended, or waits for a person. */
async function followed(client: BatchClient, workflowId: string, unanswered: Set<string>): Promise<CurrentStatus> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
    const status = await client.status(workflowId).finally(() => unanswered.delete(workflowId));
    if (status.stale && !status.outcome) unanswered.add(workflowId);
    const waitsForPerson = !status.stale && status.waitingOn !== null && status.waitingOn.who !== 'finhub';
    if (status.outcome || status.status === 'needsAttention' || waitsForPerson) return status;
    await sleep(pause);
  }
}
