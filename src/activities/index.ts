import type { FinHubClient } from '../finhub/client.js';
import type { Policies } from '../policies/policy-file.js';
import type { KeyRing } from '../secrets/key-ring.js';
import type { DocumentStore } from '../store/document-store.js';
import type { ApproverNotes } from '../store/approver-notes.js';
import type { OrderLog } from '../store/order-log.js';
import { adoptedActivities, type AdoptedActivities } from './adopted.js';
import { approverActivities, type ApproverActivities } from './approvers.js';
import { correctionActivities, type CorrectionActivities } from './corrections.js';
import { documentActivities, type DocumentActivities } from './documents.js';
import { finHubActivities, type FinHubActivities } from './finhub-calls.js';
import { withHeartbeats } from './heartbeats.js';
import type { Judge } from './judge.js';
import { notifyActivities, type NotificationTarget, type NotifyActivities } from './notify.js';
import { operationActivities, type OperationActivities } from './operations.js';
import { paymentActivities, type PaymentActivities } from './payments.js';
import { policyActivities, type PolicyActivities, type PolicySettings } from './policy.js';
import { pollActivities, type PollActivities } from './polls.js';
import { registrationActivities, type RegistrationActivities } from './registration.js';
import { secretsWith } from './secrets.js';
import { sessionActivities, type SessionActivities } from './sessions.js';
import { webhookActivities, type WebhookActivities } from './webhooks.js';

/** What activities need. */
export interface ActivityDependencies {
  finhub: FinHubClient;
  store: DocumentStore;
  orders: OrderLog;
  approvers: ApproverNotes;
  keys: KeyRing;
  judge: Judge;
  policies: Policies;
  policy: PolicySettings;
  notifications?: NotificationTarget | undefined;
}

/** All activities of a worker. */
export type Activities = FinHubActivities &
  RegistrationActivities &
  DocumentActivities &
  SessionActivities &
  PollActivities &
  PaymentActivities &
  OperationActivities &
  PolicyActivities &
  AdoptedActivities &
  CorrectionActivities &
  ApproverActivities &
  NotifyActivities &
  WebhookActivities;

export function createActivities({
  finhub,
  store,
  orders,
  approvers,
  keys,
  judge,
  policies,
  policy,
  notifications,
}: ActivityDependencies): Activities {
  const secrets = secretsWith(keys);
  const rules = { secrets, judge, orders };
  return withHeartbeats({
    ...finHubActivities(finhub, rules),
    ...registrationActivities(finhub, rules),
    ...documentActivities(finhub, rules, store, policies),
    ...sessionActivities(finhub, secrets),
    ...pollActivities(finhub, secrets),
    ...paymentActivities(finhub, { keys, approvers }, rules),
    ...operationActivities(),
    ...policyActivities(policy, policies, judge),
    ...adoptedActivities(finhub, secrets),
    ...correctionActivities(secrets, keys),
    ...approverActivities(judge, approvers),
    ...notifyActivities(notifications),
    ...webhookActivities(),
  });
}
