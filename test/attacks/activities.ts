import { createActivities, type ActivityDependencies } from '../../src/activities/index.js';

/** Every activity that a worker has. */
export const ACTIVITY_NAMES: readonly string[] = Object.keys(createActivities(nothing()));

/** Those that call nobody on a case's behalf: what they say is asked for again until it can be read. */
export const LOOK_UPS: ReadonlySet<string> = new Set([
  ...['loadPolicy', 'businessTimes', 'lookUpSigners', 'lookUpOperation', 'lookUpCustomer', 'lookUpTransfer'],
  ...['fingerprintTransfer', 'checkCorrection', 'deleteDocuments', 'notify', 'tellCases'],
]);

/** Enough to make activities that are never carried out. */
function nothing(): ActivityDependencies {
  return { finhub: {}, store: {}, keys: {}, judge: {}, policies: {}, policy: {} } as unknown as ActivityDependencies;
}
