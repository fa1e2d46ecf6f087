import { bulkhead } from 'cockatiel';
import type { AttentionAction, ResolveAttention } from '../lifecycle/messages.js';
import type { CaseClient } from './case-client.js';
import { NoAnswer } from './errors.js';

/** One case that needed attention for the given cause, and what was done. */
export interface ResolvedCase {
  workflowId: string;
  attentionId: string;
  operation: string;
  /** `would` with a dry run; `unanswered` if no worker answered. */
  result: 'applied' | 'refused' | 'would' | 'unanswered';
  detail: string;
}

export interface ByCause extends Omit<ResolveAttention, 'attentionId' | 'adopt' | 'action'> {
  /** A failure as `show` prints it. */
  cause: string;
  /** `adopt` is excluded, because each case has its own ids. */
  action: Exclude<AttentionAction, 'adopt'>;
  tenantId?: string | undefined;
  dryRun?: boolean | undefined;
}

const AT_ONCE = 8;

/** Resolves every case that needs attention for one cause, each with its own message, so that each records it. */
export async function resolveByCause(
  client: CaseClient,
  { cause, tenantId, dryRun, ...resolution }: ByCause,
): Promise<ResolvedCase[]> {
  const { cases } = await client.queue({ needsAttention: true, tenantId, limit: Infinity });
  const turns = bulkhead(AT_ONCE, Infinity);
  const resolved = await Promise.all(
    cases
      .filter(({ readable }) => readable)
      .map(({ workflowId }) => turns.execute(() => resolveOne(client, workflowId, cause, resolution, dryRun))),
  );
  return resolved.filter((one) => one !== undefined);
}

async function resolveOne(
  client: CaseClient,
  workflowId: string,
  cause: string,
  resolution: Omit<ResolveAttention, 'attentionId'>,
  dryRun: boolean | undefined,
): Promise<ResolvedCase | undefined> {
  try {
    const { attention } = await client.caseView(workflowId);
    // The list may be old.
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
