import { getClient } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { listBeneficiaries } from '../finhub/catalogue/beneficiaries.js';
import { withIban } from '../finhub/catalogue/beneficiary-pages.js';
import { prepareOrder } from '../finhub/catalogue/orders.js';
import { getPaymentConsent } from '../finhub/catalogue/payment-consents.js';
import { getAllowedOperations, getBalance } from '../finhub/catalogue/wallets.js';
import type { FinHubClient } from '../finhub/client.js';
import type { Endpoint } from '../finhub/endpoint.js';
import { FinHubError } from '../finhub/error.js';
import type { Performed } from '../finhub/perform.js';
import { isOutcome, type Outcome } from '../lifecycle/outcome.js';
import { FAILURES, type FailureDetails } from '../lifecycle/failures.js';
import { customerCaseId } from '../lifecycle/ids.js';
import type { Customer } from '../lifecycle/customer.js';
import type { TransferFacts, WalletFacts } from '../lifecycle/payment-checks.js';
import { SLOTS, unplace, Unreadable } from '../lifecycle/slots.js';
import { transferContent, type TransferOrder } from '../lifecycle/transfer.js';
import type { ApproverNotes } from '../store/approver-notes.js';
import type { KeyRing } from '../secrets/key-ring.js';
import { fingerprint } from '../secrets/seal.js';
import { failing, notYet } from './failure.js';
import { approversNoted } from './noted-approvers.js';
import { begunElsewhere } from './noted-orders.js';
import {
  callAsActivity,
  readInActivity,
  type ActivityOf,
  type CallFor,
  type CallRules,
  type FinHubCall,
} from './finhub-calls.js';

interface FoundBeneficiary {
  beneficiaryId: string;
  name: string;
  company: boolean;
  status: string;
  screening: string;
}

export interface PaymentActivities {
  /** Reads the account's state, balance, allowed operations and limits; two reads at a time. */
  readWallet(call: FinHubCall<{ accountId: string }>): Promise<Performed<WalletFacts>>;
  /**
   * Prepares an order. If an earlier run, or one that Temporal has forgotten, began to execute one, returns that one instead.
   * @throws ApplicationFailure `FinHubUnclear` if such a run can no longer be read
   */
  prepareOrder: ActivityOf<'prepareOrder'>;
  /** Reads what FinHub knows about the account, its limits, a beneficiary and a consent, and who approves transfers. */
  readPaymentFacts(
    call: FinHubCall<{ accountId: string; reference: string; iban: string; consentId?: string | undefined }>,
  ): Promise<Performed<TransferFacts>>;
  /** Ends when FinHub has screened a beneficiary, with either result. */
  awaitScreening(call: FinHubCall<{ accountId: string; iban: string }>): Promise<FoundBeneficiary>;
  /** A customer's state in their own case; null if there is no such case. */
  lookUpCustomer(input: { tenantId: string; customerId: string }): Promise<Customer | null>;
  /** The fingerprint that distinguishes transfers with the same reference. */
  fingerprintTransfer(order: TransferOrder): Promise<string>;
  /** The fingerprint that a transfer was started with; null if there is none with this id. */
  lookUpTransfer(input: { workflowId: string }): Promise<string | null>;
  /** Ends when a transfer that others started, too, has ended. */
  awaitTransfer(call: FinHubCall<{ workflowId: string }>): Promise<Outcome>;
}

const CUSTOMER_QUERY_MS = 10_000;

export function paymentActivities(
  client: FinHubClient,
  { keys, approvers }: { keys: KeyRing; approvers: ApproverNotes },
  rules: CallRules,
): PaymentActivities {
  const { secrets, orders } = rules;
  /** Runs the calls of one activity, turning errors into failures. */
  const calling = <T>(operation: string, purpose: CallFor, work: (read: Read) => Promise<T>): Promise<T> =>
    failing({ operation }, client, purpose.tenantId, () =>
      work((endpoint, input) => readInActivity(client, secrets, endpoint, { input, for: purpose })),
    );
  return {
    readWallet: ({ input: { accountId }, for: purpose }) =>
      calling('readWallet', purpose, async (read) => {
        const [{ status, available, blocked }, { operations, perTransaction, perDay, perMonth }] = await Promise.all([
          read(getBalance, { accountId }),
          read(getAllowedOperations, { accountId }),
        ]);
        const limits = { perTransaction, perDay, perMonth };
        const readAt = new Date().toISOString();
        return { result: { operations, status, available, blocked, limits, readAt }, provenance: { how: 'made' } };
      }),
    async prepareOrder(call) {
      const { accountId, type, reference } = call.input;
      const begun = await begunElsewhere(orders, { accountId, type, reference }, call.for);
      const [preparedOrderId] = begun.preparedOrderIds;
      if (preparedOrderId !== undefined) {
        const proof = 'an earlier run started to execute it';
        const result = { preparedOrderId, validUntil: undefined, fees: undefined };
        return { result, provenance: { how: 'adopted', proof }, tries: 1 };
      }
      if (!begun.complete) {
        const what = 'an earlier run can no longer be read, and may have paid';
        const details: FailureDetails = { operation: prepareOrder.operation, unclear: true };
        throw ApplicationFailure.nonRetryable(what, FAILURES.unclear, details);
      }
      return callAsActivity(client, rules, prepareOrder, call);
    },
    readPaymentFacts: ({ input: { accountId, reference, iban, consentId }, for: purpose }) =>
      calling('readPaymentFacts', purpose, async (read) => {
        const { tenantId } = purpose;
        const [balance, allowed, beneficiary, consent, begun, named] = await Promise.all([
          read(getBalance, { accountId }),
          read(getAllowedOperations, { accountId }),
          findBeneficiary(read, accountId, iban),
          consentId === undefined ? undefined : optional(read(getPaymentConsent, { accountId, consentId })),
          begunElsewhere(orders, { accountId, type: 'transfer', reference }, purpose),
          approversNoted(approvers, { tenantId, accountId }),
        ]);
        const { perTransaction, perDay, perMonth, operations } = allowed;
        const result = {
          walletStatus: balance.status,
          available: balance.available,
          operations,
          category: { perTransaction, perDay, perMonth },
          beneficiary,
          consent,
          found: beneficiary,
          begunEarlier: begun.preparedOrderIds.length > 0,
          approvers: named,
        };
        return { result, provenance: { how: 'made' } };
      }),
    awaitScreening: ({ input: { accountId, iban }, for: purpose }) =>
      calling('awaitScreening', purpose, async (read) => {
        const found = await findBeneficiary(read, accountId, iban);
        if (found && found.screening !== 'PENDING') return found;
        throw notYet(found ? 'the beneficiary is being screened' : 'FinHub does not list the beneficiary yet');
      }),
    async lookUpCustomer({ tenantId, customerId }) {
      const handle = getClient().workflow.getHandle(customerCaseId(tenantId, customerId));
      try {
        const placed = await getClient().withDeadline(Date.now() + CUSTOMER_QUERY_MS, () => handle.query('customer'));
        // The worker's own client does not check slots. An answer in a wrong slot is asked for again.
        const customer = unplace(placed, SLOTS.answer('customer'));
        if (customer instanceof Unreadable) throw new Error(`the customer's answer cannot be used: ${customer.why}`);
        return customer as Customer;
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return null;
        throw error;
      }
    },
    fingerprintTransfer: (order) => Promise.resolve(fingerprint(keys, transferContent(order))),
    async lookUpTransfer({ workflowId }) {
      try {
        const { memo } = await getClient().workflow.getHandle(workflowId).describe();
        return (memo?.['fingerprint'] as string | undefined) ?? '';
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return null;
        throw error;
      }
    },
    async awaitTransfer({ input: { workflowId } }) {
      const handle = getClient().workflow.getHandle(workflowId);
      const { status, closeTime } = await handle.describe();
      if (status.name === 'RUNNING') throw notYet('the transfer is under way');
      const came: unknown = status.name === 'COMPLETED' ? await handle.result() : undefined;
      if (isOutcome(came)) return came;
      const at = (closeTime ?? new Date()).toISOString();
      return { result: 'aborted', at, reason: `the transfer was ended in Temporal (${status.name.toLowerCase()})` };
    },
  };
}

type Read = <I, R>(endpoint: Endpoint<I, R>, input: I) => Promise<R>;

/** The account's beneficiary with an IBAN, from the whole list. */
async function findBeneficiary(read: Read, accountId: string, iban: string): Promise<FoundBeneficiary | undefined> {
  const found = await withIban((page) => read(listBeneficiaries, { accountId, ...page }), iban);
  const [known] = found.flatMap(({ beneficiaryId, name = '', company, status, screening }) =>
    beneficiaryId === undefined ? [] : [{ beneficiaryId, name, company, status, screening }],
  );
  return known;
}

/** A reading that FinHub names but does not document. If it fails, we use what we know ourselves. */
async function optional<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof FinHubError && ['notFound', 'unexpectedAnswer', 'invalidRequest'].includes(error.kind)) {
      return undefined;
    }
    throw error;
  }
}
