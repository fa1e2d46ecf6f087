import { isOrganization, type OrganizationApplication } from '../../contract/application.js';
import type { Case } from '../case.js';

/** In the order that FinHub's strictest page asks for (facts I11, R8). */
const CONSENTS = ['terms', 'privacy', 'data-processing'] as const;

/** Phase 4: the three mandatory consents, with the customer's own address, agent and time, which FinHub keeps for good. */
export async function consents(theCase: Case): Promise<void> {
  const requirements = () =>
    CONSENTS.map((consent) => ({ code: 'consent', message: `consent to ${consent} is needed`, field: consent }));
  const wait = { who: 'customer', what: 'consents', requirements, days: theCase.policy.customer.consents } as const;
  await theCase.wait(wait, () => theCase.state.consents !== undefined);
  const { version, acceptedAt, acceptedBy, ...origin } = theCase.state.consents!;
  for (const consentType of CONSENTS) {
    const { application } = theCase.state;
    const options = { of: consentType, origin };
    if (isOrganization(application)) {
      // The signatory may have been corrected after a first try.
      const signatory = () => acceptedBy ?? (theCase.state.application as OrganizationApplication).signatory;
      await theCase.calls.once(
        'acceptOrganizationConsent',
        () => ({ organizationId: theCase.customerId, consentType, version, acceptedBy: signatory(), acceptedAt }),
        options,
      );
    } else {
      await theCase.calls.once(
        'acceptConsent',
        () => ({ customerId: theCase.customerId, consentType, version, acceptedAt }),
        options,
      );
    }
  }
  theCase.establish('consentsAccepted');
}
