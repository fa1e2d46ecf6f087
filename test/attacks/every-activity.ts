import { proxyActivities } from '@temporalio/workflow';

/** What an activity came to: its result, or the type of its failure and whether FinHub may have been asked. */
export interface CameTo {
  result?: unknown;
  failure?: { type: string | undefined; unclear: boolean };
}

/** Asks for activities of these names as cases do, with these arguments, and says what each came to. */
export async function askForAll(asked: Record<string, object>): Promise<Record<string, CameTo>> {
  const activities = proxyActivities<Record<string, (call: object) => Promise<unknown>>>({
    startToCloseTimeout: '5 minutes',
    retry: { maximumAttempts: 1 },
  });
  const entries = Object.entries(asked).map(async ([name, call]) => {
    const came = await activities[name]!(call).then(
      (result): CameTo => ({ result }),
      (error: { type?: string; details?: { unclear?: boolean }[] }): CameTo => ({
        failure: { type: error.type, unclear: error.details?.[0]?.unclear === true },
      }),
    );
    return [name, came] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}
