import { sleep } from '@temporalio/workflow';

/** The least that does anything in a worker; what a bundle weighs beyond it is ours. */
export async function emptyWorkflow(): Promise<void> {
  await sleep(1);
}
