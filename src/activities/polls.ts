import { ApplicationFailure } from '@temporalio/common';
import { checkActivation, checkOrganizationReadiness } from '../finhub/catalogue/activation.js';
import { getOrder } from '../finhub/catalogue/orders.js';
import { getVerification } from '../finhub/catalogue/verification.js';
import { listWallets } from '../finhub/catalogue/wallets.js';
import type { FinHubClient } from '../finhub/client.js';
import type { Endpoint } from '../finhub/endpoint.js';
import { failing, notYet } from './failure.js';
import { readInActivity, type FinHubCall } from './finhub-calls.js';
import type { FailureDetails } from '../lifecycle/failures.js';
import type { LifecycleKind } from '../lifecycle/phases.js';
import type { Secrets } from './secrets.js';

export interface Account {
  accountId: string;
  iban: string;
}

/** Activities that poll by being retried: they end when FinHub has a result, and add nothing to the history until then. */
export interface PollActivities {
  /** Ends with FinHub's verdict on a verification. */
  awaitVerdict(call: FinHubCall<{ verificationId: string }>): Promise<'APPROVED' | 'REJECTED'>;
  /**
   * Ends when FinHub would activate the customer; it records consents asynchronously (facts I11). `details[0].fieldErrors` of its failures
   * name what is missing.
   */
  awaitReadiness(call: FinHubCall<{ kind: LifecycleKind; customerId: string }>): Promise<void>;
  /** Ends when a wallet has an IBAN; FinHub activates asynchronously (facts I14, O25). */
  awaitAccount(call: FinHubCall<{ customerId: string; customerType: 'B2C' | 'B2B' }>): Promise<Account>;
  /** Ends when an order is settled or has failed. */
  awaitOrder(
    call: FinHubCall<{ accountId: string; orderId: string }>,
  ): Promise<{ status: string; reason?: string | undefined }>;
}

const isOneOf = <T extends string>(value: string | undefined, ...allowed: T[]): value is T =>
  allowed.includes(value as T);

export function pollActivities(client: FinHubClient, secrets: Secrets): PollActivities {
  const read = <I, R>(endpoint: Endpoint<I, R>, call: FinHubCall<I>): Promise<R> =>
    failing(endpoint, client, call.for.tenantId, () => readInActivity(client, secrets, endpoint, call));
  return {
    async awaitVerdict(call) {
      const { status } = await read(getVerification, call);
      if (isOneOf(status, 'APPROVED', 'REJECTED')) return status;
      throw notYet(`the verification is ${status}`);
    },
    async awaitReadiness({ input: { kind, customerId }, for: purpose }) {
      const { allowed, ...checks } =
        kind === 'individual'
          ? await read(checkActivation, { input: { customerId, tenantId: client.tenantId }, for: purpose })
          : await read(checkOrganizationReadiness, { input: { organizationId: customerId }, for: purpose });
      if (allowed !== false) return;
      const missing = [
        ...checks.missing,
        ...(checks.verificationOk === false ? ['verification'] : []),
        ...(checks.consentOk === false && checks.missing.length === 0 ? ['consents'] : []),
      ];
      throw notYet(
        'FinHub would not activate the customer yet',
        missing.map((field) => ({ field, message: 'is missing' })),
      );
    },
    async awaitAccount(call) {
      const { wallets } = await read(listWallets, call).catch(noneBeforeActivation);
      for (const { accountId, iban, status } of wallets) {
        if (accountId && iban && (status ?? 'ACTIVE').toUpperCase() === 'ACTIVE') return { accountId, iban };
      }
      throw notYet('there is no active wallet with an IBAN yet');
    },
    async awaitOrder(call) {
      const { status, reason } = await read(getOrder, call);
      if (isOneOf(status, 'COMPLETED', 'FAILED', 'REJECTED', 'CANCELLED', 'EXPIRED')) return { status, reason };
      throw notYet(`the order is ${status}`);
    },
  };
}

/** Before a customer is activated, FinHub answers 404 or 422 instead of an empty list (facts §5). */
function noneBeforeActivation(error: unknown): { wallets: [] } {
  const [details] = error instanceof ApplicationFailure ? (error.details ?? []) : [];
  const { status } = (details ?? {}) as Partial<FailureDetails>;
  if (status === 404 || status === 422) return { wallets: [] };
  throw error;
}
