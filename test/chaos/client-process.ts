import { setTimeout as sleep } from 'node:timers/promises';
import {
  connectOnboarding,
  CaseNotFound,
  type Answer,
  type CaseView,
  type LifecycleStatus,
} from '../../src/client/index.js';
import { loadEnvironment } from '../../src/config/environment.js';
import { EXAMPLES } from '../../dev/demo/examples.js';
import { transferId } from '../../src/lifecycle/ids.js';
import { SANDBOX_TENANT } from '../../sandbox/fixtures.js';
import { FinHub } from '../helpers/finhub.js';
import { applicationOf, decidersOf, plotOf, type Acknowledged, type Plot } from './plots.js';

/*
 * node client-process.ts SANDBOX_URL CONCURRENCY NUMBER…: backend, customers and operators of the applications with these numbers. It may be
 * killed at any time: it keeps nothing, and the next one does all of it again in the same words.
 */

const TRANSFER_PAUSE_MS = 1_000;

const [sandboxUrl, concurrency, ...numbers] = process.argv.slice(2);
const finhub = new FinHub(sandboxUrl!);
const client = await connectOnboarding({ ...loadEnvironment('starter'), answerSeconds: 10 });

const waiting = numbers.map(Number);
await Promise.all(Array.from({ length: Number(concurrency) }, lane));
await client.close();

async function lane(): Promise<void> {
  for (let number = waiting.shift(); number !== undefined; number = waiting.shift()) await carry(number);
}

/** Written before anything else happens, so that what was said here is what the service has answered for. */
function acknowledged(line: Acknowledged): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** Does again what failed, for servers and workers come back. */
async function patiently<T>(what: () => Promise<T>): Promise<T> {
  for (let last: unknown, tries = 0; ; tries += 1) {
    if (tries === 300) throw new Error('nothing answers any more', { cause: last });
    try {
      return await what();
    } catch (error) {
      last = error;
      await sleep(200);
    }
  }
}

async function carry(number: number): Promise<void> {
  const application = await applicationOf(number);
  const { workflowId } = await patiently(() =>
    'individual' in application
      ? client.startIndividual(application.individual, { folder: EXAMPLES })
      : client.startOrganization(application.organization, { folder: EXAMPLES }),
  );
  acknowledged({ number, workflowId, what: 'started' });
  for (;;) {
    const status = await patiently(() => client.status(workflowId));
    if (status.outcome) return acknowledged({ number, workflowId, what: 'ended', result: status.outcome.result });
    if (!status.stale) await act(number, workflowId, status);
    await sleep(300);
  }
}

async function act(
  number: number,
  workflowId: string,
  { status, waitingOn, transfer }: LifecycleStatus,
): Promise<void> {
  const told = (what: 'documents' | 'code' | 'cancel' | 'attention', { accepted }: Answer): void =>
    acknowledged({ number, workflowId, what, accepted });
  const tryAgain = async (id: string): Promise<void> => {
    const { attention } = await patiently(() => client.caseView(id).catch(notYetStarted));
    if (!attention) return;
    const { attentionId } = attention;
    const resolution = { attentionId, action: 'retry', by: 'op-2' } as const;
    told('attention', await patiently(() => client.resolveAttention(id, resolution)));
  };
  if (status === 'needsAttention') await tryAgain(workflowId);
  else if (transfer?.state === 'running') {
    // A case of its own, with questions of its own.
    await tryAgain(transferId(SANDBOX_TENANT.id, transfer.reference));
    await sleep(TRANSFER_PAUSE_MS);
  } else if (waitingOn?.who === 'operator') {
    const view = await patiently(() => client.caseView(workflowId));
    const plot = plotOf(number);
    if (view.review.stage !== 'inReview') return;
    if (plot.cancelled)
      told('cancel', await patiently(() => client.cancel(workflowId, { by: 'backend', reason: 'r' })));
    else await decide(number, workflowId, plot, view);
  } else if (waitingOn?.what === 'activation code') {
    const view = await patiently(() => client.caseView(workflowId));
    const code = await patiently(() => finhub.activationCode(view.ids.customerId!));
    told('code', await patiently(() => client.submitActivationCode(workflowId, code)));
  } else if (waitingOn?.who === 'customer') {
    const { review, requirements } = await patiently(() => client.caseView(workflowId));
    const documents = requirements.map(({ document, subject }) => ({
      ...{ type: document ?? 'PASSPORT', fileName: 'again.pdf', ...(subject && { subject }) },
      content: Buffer.from(`%PDF-1.4 ${workflowId} ${review.round}\n%%EOF\n`),
    }));
    if (documents.length === 0) return;
    told('documents', await patiently(() => client.submitDocuments(workflowId, { submittedBy: 'backend', documents })));
  }
}

/** A lifecycle names its transfer before it starts it. */
function notYetStarted(error: unknown): { attention: null } {
  if (error instanceof CaseNotFound) return { attention: null };
  throw error;
}

/** Every operator's word, and that of some who may not decide or have decided already. */
async function decide(number: number, workflowId: string, plot: Plot, view: CaseView): Promise<void> {
  const { evidenceHash } = view;
  const { round } = view.review;
  const verdict = plot.rounds[round - 1];
  if (verdict === undefined) return;
  for (const [turn, by] of decidersOf(plot).entries()) {
    const decisionId = `${round}-${turn}-${by}`;
    const documents = verdict === 'request-documents' ? [{ type: 'PASSPORT', why: 'blurred' }] : undefined;
    const decision = { decisionId, round, verdict, operator: { id: by }, evidenceHash, documents };
    const { accepted } = await patiently(() => client.decide(workflowId, decision));
    acknowledged({ number, workflowId, what: 'decision', decisionId, by, verdict, round, accepted });
  }
}
