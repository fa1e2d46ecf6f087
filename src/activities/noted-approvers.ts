import { activityInfo } from '@temporalio/activity';
import type { Approver } from '../lifecycle/approvers.js';
import { BoxError } from '../secrets/box.js';
import type { ApproverNote, ApproverNotes, NotedAccount } from '../store/approver-notes.js';
import { storeFailure } from './store-failure.js';
import { unproved } from './unproved.js';

/**
 * Notes who approves an account's transfers.
 * @throws ApplicationFailure `NotProved` where another onboarding has named others
 */
export async function noteApprovers(notes: ApproverNotes, account: NotedAccount, note: ApproverNote): Promise<void> {
  const isNoted = await inStore(() => notes.note(account, note));
  if (!isNoted) throw unproved("another onboarding has named other approvers of the account's transfers");
}

/**
 * Who approves an account's transfers; undefined where no onboarding has said so.
 * @throws ApplicationFailure `NotProved` if the note was changed; `DocumentStoreUnavailable` or `KeyMissing` for all cases
 */
export async function approversNoted(notes: ApproverNotes, account: NotedAccount): Promise<Approver[] | undefined> {
  return (await inStore(() => notes.of(account)))?.approvers;
}

async function inStore<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const failure = storeFailure(error, { operation: activityInfo().activityType });
    if (failure || !(error instanceof BoxError)) throw failure ?? error;
    throw unproved("the note of who approves the account's transfers was changed");
  }
}
