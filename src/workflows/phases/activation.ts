import { roleFaults } from '../../lifecycle/case-rules.js';
import type { Requirement } from '../../lifecycle/case-state.js';
import { type CallFailure, FAILURES } from '../../lifecycle/failures.js';
import { loginOf } from '../call-context.js';
import type { Case } from '../case.js';
import { CallFailed } from '../endings.js';
import { needsPerson } from '../attention.js';

/** Phase 5: everything FinHub asks for is checked, then the account is activated; wallet and IBAN come when FinHub has made them. */
export async function activation(kase: Case): Promise<void> {
  const { kind, finhub } = kase.state;
  await ready(kase);
  if (kind === 'organization') await activateOrganization(kase);
  else if (kase.policy.individualActivation === 'admin') await activateByAdmin(kase);
  else await activateWithCode(kase);
  const { accountId, iban } = await kase.waiting('finhub', 'wallet and IBAN', () =>
    kase.calls.poll(
      'awaitAccount',
      { customerId: kase.customerId, customerType: kind === 'organization' ? 'B2B' : 'B2C' },
      { every: 1, slowest: 60, summary: 'looks for the wallet that carries the IBAN' },
    ),
  );
  finhub.accountId = accountId;
  finhub.iban = iban;
  kase.establish('accountActive', 'walletActive');
}

/** FinHub records consents asynchronously: a short while is normal, after it what is missing is shown. */
const READINESS_TRIES = 10;

/** Role validation and FinHub's own readiness check; what is missing becomes requirements. */
async function ready(kase: Case): Promise<void> {
  const { kind } = kase.state;
  for (;;) {
    const faults = roleFaults(kase.state);
    const missing = faults.length > 0 ? faults : await missingAtFinHub(kase);
    if (missing.length === 0) return;
    await needsPerson(kase, 'readiness', kind === 'individual' ? 'checkActivation' : 'checkOrganizationReadiness', {
      type: 'NotReadyForActivation',
      message: 'what activation takes is not complete',
      missing,
    });
  }
}

async function missingAtFinHub(kase: Case): Promise<Requirement[]> {
  const { kind } = kase.state;
  try {
    await kase.waiting('finhub', 'readiness for activation', () =>
      kase.calls.poll(
        'awaitReadiness',
        { kind, customerId: kase.customerId },
        { every: 1, slowest: 30, attempts: READINESS_TRIES, summary: 'asks whether FinHub would activate' },
      ),
    );
    return [];
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    const named = (error.failure.fieldErrors ?? []).map(({ field, message }) => ({
      code: 'activation',
      message: `${field} ${message}`,
      field,
    }));
    return named.length > 0 ? named : [{ code: 'activation', message: error.failure.message }];
  }
}

const REASON = 'all prerequisites of onboarding are met';

function activateOrganization(kase: Case): Promise<unknown> {
  return kase.calls.once('activateOrganization', () => ({ organizationId: kase.customerId, activationReason: REASON }));
}

function activateByAdmin(kase: Case): Promise<unknown> {
  const input = () => ({ customerId: kase.customerId, activationReason: REASON });
  return kase.calls.once('activateIndividual', input, { actAs: 'admin' });
}

/** The customer's code; one that FinHub does not take is asked for again. */
async function activateWithCode(kase: Case): Promise<void> {
  const wrongCode = ({ type }: CallFailure) => type === FAILURES.invalidRequest;
  for (
    let message = 'the activation code that FinHub mailed is needed';
    ;
    message = 'the activation code was not accepted'
  ) {
    const requirements = [{ code: 'activationCode', message, field: 'code' }];
    await kase.wait(
      {
        who: 'customer',
        what: 'activation code',
        requirements: () => requirements,
        days: kase.policy.customer.activationCode,
      },
      () => kase.state.activationCode !== undefined,
    );
    const code = kase.state.activationCode!;
    try {
      await kase.calls.once(
        'activateIndividual',
        // FinHub's newest samples send the e-mail as `userId` (facts I14).
        () => ({ customerId: kase.customerId, code, email: loginOf(kase.state).username }),
        { leave: wrongCode },
      );
      return;
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      kase.record('activationCodeRefused', error.failure.message);
    } finally {
      // Another code may have come meanwhile; it is tried next.
      if (kase.state.activationCode === code) kase.state.activationCode = undefined;
    }
  }
}
