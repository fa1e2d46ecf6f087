import { bulkhead } from 'cockatiel';
import type { AttentionAction, ResolveAttention } from '../lifecycle/messages.js';
import type { CaseClient } from './case-client.js';
import { NoAnswer } from './errors.js';

/** One case that needs attention for the cause that was named. */
export interface Settled {
  workflowId: string;
  attentionId: string;
  operation: string;
  /** `would` with a dry run; `unanswered` where no worker answered. */
  result: 'applied' | 'refused' | 'would' | 'unanswered';
  detail: string;
}

export interface ByCause extends Omit<ResolveAttention, 'attentionId' | 'adopt' | 'action'> {
  /** A failure as `show` prints it. */
  cause: string;
  /** Ids are each case's own, so `adopt` is not for many. */
  action: Exclude<AttentionAction, 'adopt'>;
  tenantId?: string | undefined;
  dryRun?: boolean | undefined;
}

const AT_ONCE = 8;

/** Settles every case that needs attention for one cause, each by its own message, so that each has it on record. */
export async function resolveByCause(
  client: CaseClient,
  { cause, tenantId, dryRun, ...resolution }: ByCause,
): Promise<Settled[]> {
  const { cases } = await client.queue({ needsAttention: true, tenantId, limit: Infinity });
  const turns = bulkhead(AT_ONCE, Infinity);
  const settled = await Promise.all(
    cases
      .filter(({ readable }) => readable)
      .map(({ workflowId }) => turns.execute(() => settle(client, workflowId, cause, resolution, dryRun))),
  );
  return settled.filter((one) => one !== undefined);
}

async function settle(
  client: CaseClient,
  workflowId: string,
  cause: string,
  resolution: Omit<ResolveAttention, 'attentionId'>,
  dryRun: boolean | undefined,
): Promise<Settled | undefined> {
  try {
    const { attention } = await client.caseView(workflowId);
    // The list may be behind.
    if (attention?.failure !== cause) return undefined;
    const { attentionId, operation, message } = attention;
    const named = { workflowId, attentionId, operation };
    if (dryRun) return { ...named, result: 'would', detail: message };
    const answer = await client.resolveAttention(workflowId, { attentionId, ...resolution });
    const detail = answer.accepted ? answer.detail : `${answer.refusal}: ${answer.detail}`;
    return { ...named, result: answer.accepted ? 'applied' : 'refused', detail };
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return { workflowId, attentionId: '', operation: '', result: 'unanswered', detail: error.message };
  }
}
