/** The library for backends; the command lines are thin shells around it. */
export { applicationJsonSchema, type IndividualInput, type OrganizationInput } from '../intake/application-schema.js';
export { signingOf, type Signing } from './signing.js';
export { runBatch, type BatchOptions, type BatchProgress, type BatchReport } from './batch.js';
export { CaseClient, type CaseClientOptions, type SendOptions } from './case-client.js';
export { connectOnboarding, type ConnectOptions } from './connect.js';
export type { CaseSummary } from './case-row.js';
export type { CurrentStatus, ShownCase, StaleStatus } from './current-status.js';
export {
  ApplicationConflict,
  CaseNotFound,
  CaseStopped,
  InvalidInput,
  NoAnswer,
  NotResumable,
  WaitTimedOut,
  type Fault,
} from './errors.js';
export type { EndedCase } from './ended-cases.js';
export type { CustomerRequestInput } from './customer-requests.js';
export type { DocumentInput } from '../contract/field-schemas.js';
export type { CaseFilter, CaseList } from './list.js';
export { resolveByCause, type ByCause, type ResolvedCase } from './resolve-by-cause.js';
export type { Given, Resumed } from './resume.js';
export type { Stopped } from './stopped.js';
export { OnboardingClient, type ConsentsInput, type OnboardingClientOptions } from './onboarding-client.js';
export type { IntakeOptions, Started, StartOptions } from './start.js';
export { transferJsonSchema, type TransferInput } from './start-transfer.js';
export { WAIT_TARGETS, type Waited, type WaitOptions, type WaitTarget } from './wait.js';
export { signersFile, type Signers } from '../proof/signers-file.js';
export { readKeyFile } from '../secrets/key-file.js';
export { KeyRingError, parseKeyRing, type KeyRing } from '../secrets/key-ring.js';
export type { DocumentStore } from '../store/document-store.js';
export { openDocumentStore } from '../store/open-store.js';
export { connectClient, TemporalUnreachable } from '../temporal/connection.js';
export { temporalSettings, TemporalSettingsError, type TemporalSettings } from '../temporal/settings.js';
export type { AuditCode, AuditData, AuditEntry } from '../lifecycle/audit-events.js';
export type { ShownAuditEntry } from './audit.js';
export type { CustomerMessage } from '../lifecycle/customer-messages.js';
export type * from '../lifecycle/messages.js';
export type { CaseView, LifecycleStatus } from '../lifecycle/status.js';
