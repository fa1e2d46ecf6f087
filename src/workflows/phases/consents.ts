import { isOrganization, type OrganizationApplication } from '../../lifecycle/application.js';
import type { Case } from '../case.js';

/** In the order that FinHub's strictest page asks for (facts I11, R8). */
const CONSENTS = ['terms', 'privacy', 'data-processing'] as const;

/** Phase 4: the three mandatory consents, with the customer's own address, agent and time, which FinHub keeps for good. */
export async function consents(kase: Case): Promise<void> {
  const requirements = () =>
    CONSENTS.map((consent) => ({ code: 'consent', message: `consent to ${consent} is needed`, field: consent }));
  const wait = { who: 'customer', what: 'consents', requirements, days: kase.policy.customer.consents } as const;
  await kase.wait(wait, () => kase.state.consents !== undefined);
  const { version, acceptedAt, acceptedBy, ...origin } = kase.state.consents!;
  for (const consentType of CONSENTS) {
    const { application } = kase.state;
    const options = { of: consentType, origin };
    if (isOrganization(application)) {
      // The signatory may have been corrected after a first try.
      const signatory = () => acceptedBy ?? (kase.state.application as OrganizationApplication).signatory;
      await kase.calls.once(
        'acceptOrganizationConsent',
        () => ({ organizationId: kase.customerId, consentType, version, acceptedBy: signatory(), acceptedAt }),
        options,
      );
    } else {
      await kase.calls.once(
        'acceptConsent',
        () => ({ customerId: kase.customerId, consentType, version, acceptedAt }),
        options,
      );
    }
  }
  kase.establish('consentsAccepted');
}
