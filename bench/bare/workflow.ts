import { condition, defineQuery, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';
import type { BareActivities } from './activities.js';
import type { BareInput } from './contract.js';

const finhub = proxyActivities<BareActivities>({ startToCloseTimeout: '1 minute' });

/**
 * What a person's onboarding is without any of our guarantees: the same steps as plain sequential activities, with a signal in the middle.
 * Nothing is encrypted, read back, recorded or shown, and whatever fails, fails.
 */
export async function bareLifecycle(input: BareInput): Promise<string> {
  const { tenantId, person, password, documents, consents } = input;
  let isWaiting = false;
  let isApproved = false;
  setHandler(defineQuery('isWaiting'), () => isWaiting);
  setHandler(defineSignal('approve'), () => {
    isApproved = true;
  });

  const { categories } = await finhub.getCategories({ tenantId });
  const { code: wanted, parameters } = input.category;
  const { id, name, features } = categories.find(({ key, id, code }) => [key, id, code].includes(wanted))!;
  const category = {
    ...{ id, name, parameters },
    features: features.map((feature) => ({ id: feature.id, code: feature.code, keys: feature.mandatoryKeys })),
  };
  const { customerId, userId } = await finhub.register({ person, password, category });
  const token = await finhub.logIn({ customerId, userId, username: person.email, password });
  const { verificationId } = await finhub.initiateVerification({ customerId }, token);
  for (const document of documents) await finhub.uploadDocument({ verificationId, customerId, ...document });
  await finhub.submitVerification({ customerId, verificationId, verificationType: 'STANDARD' }, token);

  isWaiting = true;
  await condition(() => isApproved);

  const decision = {
    verificationId,
    customerId,
    organization: false,
    status: 'APPROVED',
    comment: 'approved',
  } as const;
  await finhub.approveVerification(decision);
  for (const consentType of ['terms', 'privacy', 'data-processing'] as const) {
    await finhub.acceptConsent({ customerId, consentType, ...consents }, token);
  }
  await finhub.checkActivation({ customerId, tenantId }, token);
  await finhub.activate({ customerId, activationReason: 'all is done' });
  const { wallets } = await finhub.listWallets({ customerId, customerType: 'B2C' }, token);
  const accountId = wallets.find(({ iban }) => iban !== undefined)!.accountId!;
  await finhub.getBalance({ accountId }, token);
  await finhub.getAllowedOperations({ accountId }, token);
  return accountId;
}
