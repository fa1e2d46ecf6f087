import { condition, setHandler } from '@temporalio/workflow';
import { newCustomer } from '../lifecycle/new-case.js';
import type { CustomerState } from '../lifecycle/case-state.js';
import type { Outcome } from '../lifecycle/outcome.js';
import { HAND_OVER, parseHandOver, type HandOver, type PaymentConsent } from '../lifecycle/customer.js';
import { dueNext, dueNow, type Due } from '../lifecycle/customer-due.js';
import { handOverRefusal, renewalOf } from '../lifecycle/customer-rules.js';
import { Malformed } from '../contract/schema.js';
import { Unreadable } from '../lifecycle/slots.js';
import { type Case, type CaseInput } from './case.js';
import { runCourse } from './course.js';
import { CallNeedless, PhaseSkipped } from './control-flow.js';
import { revoke, settleRequest } from './customer-requests.js';
import { loadPolicy } from './load-policy.js';
import { openCase } from './open-case.js';
import { queries } from './definitions.js';
import { answer, receive } from './messages.js';
import { onSignal } from './signals.js';
import { makeConsent, wasAsked } from './payment-consent.js';
import { consentRevoked, handedOver, renewalLeftOut } from '../lifecycle/customer-transitions.js';
import { attentionOvertaken, consentTaken, resultDropped } from '../lifecycle/transitions.js';

/**
 * A customer from activation on: keeps what payments need for as long as the account is there, and renews the payment consent before it ends.
 * Transfers ask for it by the query `customer`.
 */
export async function customer(input: CaseInput<CustomerState>): Promise<Outcome> {
  const theCase = openCase(input, (at) => newCustomer(input.application, at));
  onSignal(HAND_OVER, (value) => takeOver(theCase, value));
  receive(theCase);
  answer(theCase);
  setHandler(queries.customer, () => theCase.state.application);
  return runCourse(theCase, { phases: { upkeep }, prepare: loadPolicy, success: 'completed' });
}

/** Goes on with what the onboarding has made, anew where it was reset; nothing else changes anything. */
function takeOver(theCase: Case<CustomerState>, value: unknown): void {
  const { state } = theCase;
  const { application, outcome, attention } = state;
  if (outcome) return;
  let handed: HandOver;
  try {
    handed = parseHandOver(value instanceof Unreadable ? undefined : value);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    theCase.record('handOverMalformed', { why: error.message });
    return;
  }
  const { consent, beneficiaries } = handed;
  if (consent) {
    const refused = handOverRefusal(state, consent, (of) => wasAsked(theCase, of));
    if (refused) {
      theCase.record('handOverRefused', { consentId: consent.consentId, why: refused });
      return;
    }
    // A renewal that waits for a person is of a consent that no longer counts.
    if (attention && consent.consentId !== application.consent?.consentId) theCase.apply(attentionOvertaken);
  }
  theCase.apply(handedOver(handed));
  theCase.record('handedOver', {
    beneficiaries: beneficiaries.map(({ ref }) => ref),
    ...(consent && { consentId: consent.consentId, until: consent.validUntil }),
  });
  theCase.show();
}

async function upkeep(theCase: Case<CustomerState>): Promise<never> {
  for (;;) await settle(theCase, await untilDue(theCase));
}

async function settle(theCase: Case<CustomerState>, due: Due): Promise<void> {
  switch (due.what) {
    case 'request':
      return settleRequest(theCase, due.request);
    case 'revocation':
      return unlessLeftOut(
        () => revoke(theCase, due.consentId),
        () => theCase.apply(consentRevoked(due.consentId)),
      );
    case 'renewal':
      return unlessLeftOut(
        () => renew(theCase, due.consent),
        () => theCase.apply(renewalLeftOut),
      );
  }
}

/** An operator may let be what is due: the retired consent ends by itself, and the present one too. */
async function unlessLeftOut(work: () => Promise<void>, leaveOut: () => void): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof PhaseSkipped)) throw error;
    leaveOut();
  }
}

/** The next thing to do, as it is now. One timer serves all that is to come. */
async function untilDue(theCase: Case<CustomerState>): Promise<Due> {
  const { state } = theCase;
  for (;;) {
    const due = dueNow(state, new Date());
    if (due) return due;
    const next = dueNext(state);
    const changed = (): boolean => dueNext(state) !== next;
    const woken = (): boolean => theCase.mayMove || changed();
    if (next === undefined) await condition(woken);
    else await condition(woken, next - Date.now(), { summary: 'what is due next' });
    if (theCase.mayMove) await theCase.moveOn(changed);
  }
}

/** Unless another consent is handed over meanwhile. */
async function renew(theCase: Case<CustomerState>, consent: PaymentConsent): Promise<void> {
  try {
    await makeAnew(theCase, consent);
  } catch (error) {
    if (!(error instanceof CallNeedless)) throw error;
    theCase.record('renewalNeedless', { consentId: consent.consentId });
  }
}

/** @throws CallNeedless where another consent was handed over meanwhile */
async function makeAnew(theCase: Case<CustomerState>, { consentId, terms, validUntil }: PaymentConsent): Promise<void> {
  const current = (): CustomerState['application'] => {
    const { application } = theCase.state;
    if (application.consent?.consentId !== consentId) throw new CallNeedless();
    return application;
  };
  const { accountId } = current();
  const of = renewalOf({ validUntil });
  const consent = await makeConsent(theCase, { accountId, terms: () => terms, of, stillAsked: () => void current() });
  current();
  theCase.apply(consentTaken(consent));
  for (const call of ['createPaymentConsent', 'approvePaymentConsent']) theCase.apply(resultDropped(`${call}/${of}`));
  theCase.record('paymentConsentRenewed', { until: consent.validUntil });
  theCase.show();
}
