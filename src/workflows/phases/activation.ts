import { roleFaults } from '../../lifecycle/personnel-rules.js';
import type { Requirement } from '../../lifecycle/case-state.js';
import { type CallFailure, FAILURES } from '../../lifecycle/failures.js';
import type { CallResult } from '../activities.js';
import { needsPerson } from '../attention.js';
import { openCustomer } from '../payments-hand-over.js';
import { loginOf } from '../call-context.js';
import type { Case } from '../case.js';
import type { Wait } from '../waits.js';
import { CallFailed } from '../control-flow.js';
import { waitAndWatch } from '../watched-wait.js';
import { activationCodeUsed, finhubGave } from '../../lifecycle/transitions.js';

type Account = CallResult<'awaitAccount'>;

/** Phase 5: everything FinHub asks for is checked, then the account is activated; wallet and IBAN come when FinHub has made them. */
export async function activation(theCase: Case): Promise<void> {
  const elsewhere = await activate(theCase);
  if (elsewhere) theCase.record('activatedElsewhere', {});
  const { accountId, iban } =
    elsewhere ??
    (await theCase.waiting('finhub', 'wallet and IBAN', () =>
      lookForAccount(theCase, { every: 1, slowest: 60, summary: 'looks for the wallet that carries the IBAN' }),
    ));
  theCase.apply(finhubGave({ accountId, iban }));
  theCase.establish('accountActive', 'walletActive');
  await openCustomer(theCase);
}

/** Activates the customer; returns the account where somebody else has: the customer on FinHub's own pages, or an admin in its portal. */
async function activate(theCase: Case): Promise<Account | undefined> {
  const byCode = theCase.state.kind === 'individual' && theCase.policy.individualActivation === 'code';
  const elsewhere = (byCode ? await accountSeen(theCase) : undefined) ?? (await ready(theCase));
  if (elsewhere) return elsewhere;
  if (byCode) return activateWithCode(theCase);
  await (theCase.state.kind === 'organization' ? activateOrganization(theCase) : activateByAdmin(theCase));
  return undefined;
}

type Polling = Parameters<Case['calls']['poll']>[2];

function lookForAccount(theCase: Case, polling: Polling): Promise<Account> {
  const customerType = theCase.state.kind === 'organization' ? 'B2B' : 'B2C';
  return theCase.calls.poll('awaitAccount', { customerId: theCase.customerId, customerType }, polling);
}

/** The account, if FinHub shows it as active now. */
async function accountSeen(theCase: Case): Promise<Account | undefined> {
  const once = { every: 1, attempts: 1, summary: 'looks whether the customer is active already', leave: () => true };
  try {
    return await lookForAccount(theCase, once);
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    return undefined;
  }
}

/** FinHub records consents asynchronously: a short while is normal, after it what is missing is shown. */
const READINESS_TRIES = 10;

/** Role validation and FinHub's own readiness check; what is missing becomes requirements. Returns the account of who is active already. */
async function ready(theCase: Case): Promise<Account | undefined> {
  const { kind } = theCase.state;
  for (;;) {
    const faults = roleFaults(theCase.state);
    const missing = faults.length > 0 ? faults : await missingAtFinHub(theCase);
    if (missing.length === 0) return undefined;
    const elsewhere = await accountSeen(theCase);
    if (elsewhere) return elsewhere;
    await needsPerson(theCase, 'readiness', kind === 'individual' ? 'checkActivation' : 'checkOrganizationReadiness', {
      type: 'NotReadyForActivation',
      message: 'what activation takes is not complete',
      missing,
    });
  }
}

async function missingAtFinHub(theCase: Case): Promise<Requirement[]> {
  const { kind } = theCase.state;
  try {
    await theCase.waiting('finhub', 'readiness for activation', () =>
      theCase.calls.poll(
        'awaitReadiness',
        { kind, customerId: theCase.customerId },
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

function activateOrganization(theCase: Case): Promise<unknown> {
  return theCase.calls.once('activateOrganization', () => ({
    organizationId: theCase.customerId,
    activationReason: REASON,
  }));
}

function activateByAdmin(theCase: Case): Promise<unknown> {
  const input = () => ({ customerId: theCase.customerId, activationReason: REASON });
  return theCase.calls.once('activateIndividual', input, { actAs: 'admin' });
}

/** The customer's code; one that FinHub does not take is asked for again, unless the customer turns out to be active. */
async function activateWithCode(theCase: Case): Promise<Account | undefined> {
  const wrongCode = ({ type }: CallFailure) => type === FAILURES.invalidRequest;
  for (let message = 'the activation code that FinHub mailed is needed'; ;) {
    const seen = await codeOrAccount(theCase, message);
    if (seen) return seen;
    const code = theCase.state.activationCode!;
    try {
      await theCase.calls.once(
        'activateIndividual',
        // FinHub's newest samples send the e-mail as `userId` (facts I14).
        () => ({ customerId: theCase.customerId, code, email: loginOf(theCase.state).username }),
        { leave: wrongCode },
      );
      return undefined;
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      theCase.record('activationCodeRefused', { said: error.failure.message });
    } finally {
      theCase.apply(activationCodeUsed(code));
    }
    const elsewhere = await accountSeen(theCase);
    if (elsewhere) return elsewhere;
    message = 'the activation code was not accepted';
  }
}

/** Waits for the code, and looks at FinHub meanwhile, where the customer may type it in as well. Returns the account if it is there. */
async function codeOrAccount(theCase: Case, message: string): Promise<Account | undefined> {
  let seen: Account | undefined;
  const requirements = [{ code: 'activationCode', message, field: 'code' }];
  const wait: Wait = {
    who: 'customer',
    what: 'activation code',
    requirements: () => requirements,
    days: theCase.policy.customer.activationCode,
  };
  const met = (): boolean => theCase.state.activationCode !== undefined || seen !== undefined;
  await waitAndWatch(theCase, wait, met, {
    until: 'the next look whether the customer is active',
    async look(polling) {
      const summary = 'looks whether the customer is active; waiting is normal';
      seen = await lookForAccount(theCase, { ...polling, summary });
    },
  });
  return seen;
}
