import type { FinHubClient } from '../finhub/client.js';
import type { Operators } from '../operators/operators-file.js';
import type { Policies } from '../policies/policy-file.js';
import type { KeyRing } from '../secrets/key-ring.js';
import type { DocumentStore } from '../store/document-store.js';
import { correctionActivities, type CorrectionActivities } from './corrections.js';
import { documentActivities, type DocumentActivities } from './documents.js';
import { finHubActivities, type FinHubActivities } from './finhub-calls.js';
import { withHeartbeats } from './heartbeats.js';
import { notifyActivities, type NotificationTarget, type NotifyActivities } from './notify.js';
import { operationActivities, type OperationActivities } from './operations.js';
import { paymentActivities, type PaymentActivities } from './payments.js';
import { policyActivities, type PolicyActivities, type PolicySettings } from './policy.js';
import { pollActivities, type PollActivities } from './polls.js';
import { registrationActivities, type RegistrationActivities } from './registration.js';
import { secretsWith } from './secrets.js';
import { sessionActivities, type SessionActivities } from './sessions.js';

/** What activities need of the world. */
export interface ActivityDependencies {
  finhub: FinHubClient;
  store: DocumentStore;
  keys: KeyRing;
  operators: Operators;
  policies: Policies;
  policy: PolicySettings;
  notifications?: NotificationTarget | undefined;
}

/** Everything that lifecycles ask a worker to do. */
export type Activities = FinHubActivities &
  RegistrationActivities &
  DocumentActivities &
  SessionActivities &
  PollActivities &
  PaymentActivities &
  OperationActivities &
  PolicyActivities &
  CorrectionActivities &
  NotifyActivities;

export function createActivities({
  finhub,
  store,
  keys,
  operators,
  policies,
  policy,
  notifications,
}: ActivityDependencies): Activities {
  const secrets = secretsWith(keys);
  return withHeartbeats({
    ...finHubActivities(finhub, secrets),
    ...registrationActivities(finhub, secrets),
    ...documentActivities(finhub, secrets, store),
    ...sessionActivities(finhub, secrets),
    ...pollActivities(finhub, secrets),
    ...paymentActivities(finhub, keys, secrets),
    ...operationActivities(),
    ...policyActivities(policy, policies, operators),
    ...correctionActivities(secrets),
    ...notifyActivities(notifications),
  });
}
