import { getClient } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import { decodeTypedSearchAttributes } from '@temporalio/common/lib/converter/payload-search-attributes.js';
import { LOOK_NOW } from '../lifecycle/hints.js';
import { place, SLOTS } from '../lifecycle/slots.js';
import { quoted } from '../temporal/query.js';
import { searchAttributeKeys } from '../temporal/search-attributes.js';

export interface WebhookActivities {
  /**
   * Makes the running cases that have one of a hint's ids look at FinHub, each once.
   * @param input.hints FinHub's ids in each hint
   * @returns for each hint, whether there was such a case
   */
  tellCases(input: { tenantId: string; hints: string[][] }): Promise<boolean[]>;
}

/** The most cases for one batch of hints; a customer has few running cases. */
const MOST_CASES = 1000;

export function webhookActivities(): WebhookActivities {
  return {
    async tellCases({ tenantId, hints }) {
      const ids = [...new Set(hints.flat())];
      if (ids.length === 0) return hints.map(() => false);
      const found = await casesWith(tenantId, ids);
      await Promise.all([...found.keys()].map(hintCase));
      const known = new Set([...found.values()].flat());
      return hints.map((one) => one.some((id) => known.has(id)));
    },
  };
}

/** Running cases of the tenant by workflow id, with their FinHub ids. */
async function casesWith(tenantId: string, ids: readonly string[]): Promise<Map<string, string[]>> {
  const { workflowService, options } = getClient();
  const query = [
    "ExecutionStatus = 'Running'",
    `FinHubTenant = ${quoted(tenantId)}`,
    `FinHubIds IN (${ids.map(quoted).join(', ')})`,
  ].join(' AND ');
  const { executions } = await workflowService.listWorkflowExecutions({
    namespace: options.namespace,
    query,
    pageSize: MOST_CASES,
  });
  return new Map(
    (executions ?? []).map(({ execution, searchAttributes }) => {
      const attributes = decodeTypedSearchAttributes(searchAttributes?.indexedFields);
      return [execution!.workflowId!, attributes.get(searchAttributeKeys.FinHubIds) ?? []];
    }),
  );
}

async function hintCase(workflowId: string): Promise<void> {
  try {
    // The worker's own client does not use slots.
    await getClient()
      .workflow.getHandle(workflowId)
      .signal(LOOK_NOW, place(SLOTS.signal(LOOK_NOW), {}));
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}
