import { condition, isCancellation } from '@temporalio/workflow';
import { byHelp } from '../lifecycle/attention.js';
import type { CaseState, Requirement } from '../lifecycle/case-state.js';
import { FAILURES, type CallFailure, type FieldError } from '../lifecycle/failures.js';
import type { AuditWriter } from '../lifecycle/audit-events.js';
import type { AttentionAction, ResolveAttention } from '../lifecycle/messages.js';
import { Ending, PhaseSkipped } from './control-flow.js';
import { count } from './metrics.js';
import type { Notifications } from './notifications.js';
import { attentionAsked, attentionWithdrawn, type Transition, unclearCallsSeen } from '../lifecycle/transitions.js';

/** What a question needs of its case. */
export interface AskingCase extends AuditWriter {
  readonly state: CaseState;
  apply(transition: Transition): void;
  readonly notifications: Pick<Notifications, 'send'>;
  readonly mayMove: boolean;
  moveOn(met: () => boolean): Promise<void>;
  show(): void;
}

/** Stands for a question that an earlier run put before a person. */
export const UNANSWERED: CallFailure = { type: 'Unanswered', message: 'asked in an earlier run' };

/**
 * Puts something before a person and returns what they chose, undefined for a correction; aborting and skipping end the phase by themselves.
 * @param key names the same thing in every run, so that what was asked before continue-as-new is not asked again
 */
export async function needsPerson(
  theCase: AskingCase,
  key: string,
  operation: string,
  failure: CallFailure,
  adopts: string[] = [],
): Promise<ResolveAttention | undefined> {
  const { state } = theCase;
  if (state.attention?.key !== key) {
    const asked = {
      key,
      operation,
      failure: failure.type,
      message: failure.message,
      fieldErrors: failure.fieldErrors ?? [],
      options: byHelp(failure.type, optionsFor(state, adopts)),
      adopts,
      since: new Date().toISOString(),
    };
    theCase.apply(attentionAsked(asked, failure.missing ?? requirementsOf(failure)));
    theCase.record('needsAttention', { operation, failure: failure.type });
    count('attentions', { operation, failure: failure.type });
    theCase.show();
    theCase.notifications.send('lifecycle.needsAttention', { operation, failure: failure.type });
  }
  return resolutionOf(theCase);
}

async function resolutionOf(theCase: AskingCase): Promise<ResolveAttention | undefined> {
  const { state } = theCase;
  const resolved = (): boolean => state.resolution !== undefined || state.corrected === true;
  try {
    while (!resolved()) {
      await condition(() => resolved() || theCase.mayMove);
      if (!resolved()) await theCase.moveOn(resolved);
    }
  } catch (error) {
    // Nobody has to decide any more: the case went on without the call, or ended.
    if (isCancellation(error)) theCase.apply(attentionWithdrawn);
    throw error;
  }
  const { resolution } = state;
  theCase.apply(attentionWithdrawn);
  theCase.record('attentionResolved', { action: resolution?.action ?? 'corrected' }, resolution?.by);
  theCase.show();
  // Whoever decides has looked at what FinHub has.
  if (resolution) theCase.apply(unclearCallsSeen);
  if (resolution?.action === 'abort') throw new Ending('aborted');
  if (resolution?.action === 'skip') throw new PhaseSkipped();
  return resolution;
}

/** Policy lets a person skip what comes after activation; nothing before it. */
function optionsFor({ kind, finhub }: CaseState, adopts: string[]): AttentionAction[] {
  const active = finhub.facts.includes('accountActive');
  return [
    'retry',
    ...(adopts.length > 0 ? (['adopt'] as const) : []),
    ...(active ? (['skip'] as const) : []),
    // Nothing that was asked for a customer ends the customer.
    ...(kind === 'customer' ? [] : (['abort'] as const)),
  ];
}

/** What FinHub refused in the application: by field where it says so, else in its own words. */
function requirementsOf({ type, message, fieldErrors = [] }: CallFailure): Requirement[] {
  if (fieldErrors.length === 0 && type === FAILURES.invalidRequest) return [{ code: 'correction', message }];
  return fieldErrors.map(requirementOf);
}

function requirementOf({ field, message }: FieldError): Requirement {
  return { code: 'correction', message: `${field}: ${message}`, field };
}
