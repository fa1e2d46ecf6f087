import type { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { ActivityInterceptors } from '@temporalio/worker';
import type { OperationName } from '../finhub/catalogue/index.js';
import { OPERATIONS_BY_HAND } from '../finhub/by-hand.js';
import {
  DOCUMENT_RETENTION,
  documentRetentionId,
  WEBHOOK_INBOX,
  webhookInboxId,
  WORKFLOW_TYPES,
} from '../lifecycle/ids.js';
import { NOT_ASKED } from '../temporal/activity-slots.js';
import type { CallFor } from './finhub-calls.js';
import type { Activities } from './index.js';

const { individual, organization, transfer, customer, call } = WORKFLOW_TYPES;
const LIFECYCLES = [individual, organization];
const PAYING = [...LIFECYCLES, transfer];
/** A person's lifecycle leaves its transfer to a case of its own, and funds nothing. */
const ORDERING = [organization, transfer];
const CASES = Object.values(WORKFLOW_TYPES);

type WorkflowType = (typeof CASES)[number] | typeof DOCUMENT_RETENTION | typeof WEBHOOK_INBOX;

/** The workflow types that need each operation for a phase; all other operations are for calls by hand only. */
const OPERATIONS: Partial<Record<OperationName, readonly WorkflowType[]>> = {
  getCategorizationHierarchy: LIFECYCLES,
  registerIndividual: [individual],
  registerOrganization: [organization],
  addDirector: [organization],
  addShareholder: [organization],
  removeShareholder: [organization],
  addEmployee: [organization],
  initiateVerification: [individual],
  startOrganizationVerification: [organization],
  getVerificationRequirements: [organization],
  submitVerification: [individual],
  uploadDocument: LIFECYCLES,
  decideVerificationAtFinHub: LIFECYCLES,
  acceptConsent: [individual],
  acceptOrganizationConsent: [organization],
  activateIndividual: [individual],
  activateOrganization: [organization],
  addBeneficiary: [...LIFECYCLES, customer],
  removeBeneficiary: [customer],
  createPaymentConsent: [...LIFECYCLES, customer],
  approvePaymentConsent: [...LIFECYCLES, customer],
  revokePaymentConsent: [customer],
  getBalance: PAYING,
  prepareOrder: ORDERING,
  executeOrder: ORDERING,
  getOrder: ORDERING,
};

/** Activities that are not FinHub operations. */
const OWN: Record<Exclude<keyof Activities, OperationName>, readonly WorkflowType[]> = {
  openSession: LIFECYCLES,
  closeSession: LIFECYCLES,
  lookUpAdopted: [...LIFECYCLES, customer],
  awaitVerdict: LIFECYCLES,
  awaitReadiness: LIFECYCLES,
  awaitAccount: LIFECYCLES,
  awaitScreening: [...PAYING, customer],
  awaitOrder: ORDERING,
  awaitTransfer: LIFECYCLES,
  readWallet: LIFECYCLES,
  readPaymentFacts: [transfer],
  noteApprovers: LIFECYCLES,
  lookUpCustomer: [transfer],
  lookUpTransfer: LIFECYCLES,
  fingerprintTransfer: LIFECYCLES,
  lookUpOperation: [call],
  loadPolicy: CASES,
  businessTimes: CASES,
  lookUpSigners: CASES,
  checkCorrection: LIFECYCLES,
  notify: CASES,
  deleteDocuments: [DOCUMENT_RETENTION],
  tellCases: [WEBHOOK_INBOX],
};

/** The workflow types that may run an activity. */
export function askedBy(activity: string): readonly string[] {
  if (Object.hasOwn(OWN, activity)) return OWN[activity as keyof typeof OWN];
  if (!OPERATIONS_BY_HAND.includes(activity)) return [];
  return [call, ...(OPERATIONS[activity as OperationName] ?? [])];
}

/** Runs an activity only for workflows that need it: of one of its types, with the id that the arguments name. */
export function askedByItsOwn({ info }: Context): ActivityInterceptors {
  const { activityType, workflowType = '', workflowExecution } = info;
  const workflowId = workflowExecution?.workflowId ?? '';
  return {
    inbound: {
      async execute(input, next) {
        if (!askedBy(activityType).includes(workflowType)) {
          throw notAsked(`${activityType} does not run for workflows of type ${workflowType}`);
        }
        if (!isOnBehalfOf(workflowId, workflowType, input.args[0])) {
          throw notAsked(`${activityType} names another workflow in its arguments`);
        }
        return next(input);
      },
    },
  };
}

const notAsked = (why: string): ApplicationFailure => ApplicationFailure.nonRetryable(why, NOT_ASKED);

/** The fields of an activity's arguments that identify a workflow. Each activity has at least one, unless it acts on nobody's data. */
interface Asking {
  for?: Partial<CallFor>;
  tenantId?: string;
  caseId?: string;
  data?: { workflowId?: string };
}

function isOnBehalfOf(workflowId: string, workflowType: string, asked: unknown): boolean {
  if (typeof asked !== 'object' || asked === null) return false;
  const { for: purpose, tenantId, caseId, data } = asked as Asking;
  if (workflowType === DOCUMENT_RETENTION) return caseId !== undefined && workflowId === documentRetentionId(caseId);
  if (workflowType === WEBHOOK_INBOX) return tenantId !== undefined && workflowId === webhookInboxId(tenantId);
  const kind = Object.entries(WORKFLOW_TYPES).find(([, type]) => type === workflowType)?.[0];
  const tenants = [tenantId, purpose?.tenantId].filter((one) => one !== undefined);
  return (
    workflowId.startsWith(`${kind}/`) &&
    tenants.every((tenant) => workflowId.startsWith(`${kind}/${tenant}/`)) &&
    (purpose === undefined || purpose.key?.startsWith(`${workflowId}/`) === true) &&
    (data === undefined || data.workflowId === workflowId)
  );
}
