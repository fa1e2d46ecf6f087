import { getPaymentConsent } from '../finhub/catalogue/payment-consents.js';
import { listBeneficiaries } from '../finhub/catalogue/beneficiaries.js';
import { listDirectors } from '../finhub/catalogue/directors.js';
import { listEmployees } from '../finhub/catalogue/employees.js';
import { listShareholders } from '../finhub/catalogue/shareholders.js';
import { getVerification } from '../finhub/catalogue/verification.js';
import type { FinHubClient } from '../finhub/client.js';
import type { Credentials, Endpoint } from '../finhub/endpoint.js';
import { FinHubError } from '../finhub/error.js';
import { canLogIn } from '../finhub/perform.js';
import { failing } from './failure.js';
import { readInActivity, type CallFor } from './finhub-calls.js';
import type { Secrets } from './secrets.js';

/** What an operator gave as a call's result. */
export interface Given {
  operation: string;
  ids: Record<string, string>;
  /** The case's customer and account. */
  customerId?: string | undefined;
  accountId?: string | undefined;
  /** The customer's login with the given ids, if the operator gave a customer; its password is sealed. */
  login?: Credentials | undefined;
}

/** `refused`: proved not to be ours; `unknown`: no documented look-up can show it. */
export type Sight = 'shown' | 'notShown' | 'refused' | 'unknown';

export interface AdoptedActivities {
  /** Looks up whether FinHub has what an operator gave. */
  lookUpAdopted(call: { input: Given; for: CallFor }): Promise<Sight>;
}

export function adoptedActivities(client: FinHubClient, secrets: Secrets): AdoptedActivities {
  return {
    lookUpAdopted: ({ input, for: purpose }) =>
      failing({ operation: 'lookUpAdopted' }, client, purpose.tenantId, async () => {
        if (input.login) return (await canLogIn(client, secrets.openAll(input.login))) ? 'shown' : 'refused';
        const read: Read = (endpoint, asked) =>
          readInActivity(client, secrets, endpoint, { input: asked, for: purpose });
        try {
          return (await LOOK_UPS[input.operation]?.(input, read)) ?? 'unknown';
        } catch (error) {
          if (!(error instanceof FinHubError)) throw error;
          if (error.kind === 'notFound') return 'notShown';
          if (['forbidden', 'invalidRequest', 'unexpectedAnswer'].includes(error.kind)) return 'unknown';
          throw error;
        }
      }),
  };
}

type Read = <I, R>(endpoint: Endpoint<I, R>, input: I) => Promise<R>;
type LookUp = (given: Given, read: Read) => Promise<Sight>;

const seen = (isThere: boolean): Sight => (isThere ? 'shown' : 'notShown');

const verification: LookUp = async ({ ids }, read) => {
  await read(getVerification, { verificationId: ids['verificationId']! });
  return 'shown';
};

const personnel =
  (list: typeof listDirectors | typeof listShareholders | typeof listEmployees): LookUp =>
  async ({ ids, customerId }, read) => {
    const { people } = await read(list as typeof listDirectors, { organizationId: customerId! });
    return seen(people.some(({ recordId }) => recordId === ids['recordId']));
  };

const LOOK_UPS: Partial<Record<string, LookUp>> = {
  registerOrganization: async ({ ids }, read) => {
    await read(listDirectors, { organizationId: ids['customerId']! });
    return 'shown';
  },
  initiateVerification: verification,
  startOrganizationVerification: verification,
  addDirector: personnel(listDirectors),
  addShareholder: personnel(listShareholders),
  addEmployee: personnel(listEmployees),
  addBeneficiary: async ({ ids, accountId }, read) => {
    const { beneficiaries } = await read(listBeneficiaries, { accountId: accountId! });
    return seen(beneficiaries.some(({ beneficiaryId }) => beneficiaryId === ids['beneficiaryId']));
  },
  createPaymentConsent: async ({ ids, accountId }, read) => {
    await read(getPaymentConsent, { accountId: accountId!, consentId: ids['consentId']! });
    return 'shown';
  },
};
