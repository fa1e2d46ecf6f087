/** The library that backends use; the command lines are thin shells of it. */
export { applicationJsonSchema, type IndividualInput, type OrganizationInput } from './application-schema.js';
export { CaseClient, type CaseClientOptions } from './case-client.js';
export type { CurrentStatus, StaleStatus } from './current-status.js';
export { ApplicationConflict, InvalidInput, LifecycleNotFound, NoAnswer, WaitTimedOut, type Fault } from './errors.js';
export type { DocumentInput } from './field-schemas.js';
export type { CaseFilter, CaseSummary } from './list.js';
export { OnboardingClient, type ConsentsInput, type OnboardingClientOptions } from './onboarding-client.js';
export type { IntakeOptions, Started } from './start.js';
export { transferJsonSchema, type TransferInput } from './start-transfer.js';
export { WAIT_TARGETS, type Waited, type WaitOptions, type WaitTarget } from './wait.js';
export { readKeyFile } from '../secrets/key-file.js';
export { parseKeyRing, type KeyRing } from '../secrets/key-ring.js';
export type { DocumentStore } from '../store/document-store.js';
export { folderStore } from '../store/folder-store.js';
export { connectClient } from '../temporal/connection.js';
export { temporalSettings, type TemporalSettings } from '../temporal/settings.js';
export type * from '../lifecycle/messages.js';
export type { CaseView, LifecycleStatus } from '../lifecycle/status.js';
