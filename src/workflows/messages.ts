import { CancelledFailure, condition, defineUpdate, setHandler } from '@temporalio/workflow';
import type { CaseState } from '../lifecycle/case-state.js';
import { MESSAGES, parseMessage, type Answer } from '../lifecycle/messages.js';
import { registeredIds, caseViewOf, statusOf } from '../lifecycle/status.js';
import { Unreadable } from '../lifecycle/slots.js';
import type { Case } from './case.js';
import { awaitRegistration, queries } from './definitions.js';
import { Inbox } from './inbox.js';
import { onOtherSignals, onSignal } from './signals.js';

/** Takes every message, as Signal and as Update under one name. Nothing that anybody sends stops the case. */
export function receive(theCase: Case<CaseState>): void {
  const inbox = new Inbox(theCase);
  for (const name of MESSAGES) {
    onSignal(name, (value) => inbox.put(name, value));
    setHandler(defineUpdate<Answer, [unknown]>(name), (value) => inbox.answerTo(name, value), {
      validator: (value) => void parseMessage(name, value instanceof Unreadable ? undefined : value),
    });
  }
  theCase.inbox = inbox;
  onOtherSignals((name) => theCase.turnAway(name.slice(0, 80), 'unknown'));
}

/** Answers questions about the case. */
export function answer(theCase: Case<CaseState>): void {
  setHandler(queries.status, () => statusOf(theCase.state, new Date()));
  setHandler(queries.case, () => caseViewOf(theCase.state, new Date()));
  setHandler(queries.audit, () => theCase.state.audit);
  setHandler(queries.answered, () => theCase.state.answered);
}

/** Answers whoever waits for the registration; waits neither for a person nor for the end of the case, nor holds up its next run. */
export function announceRegistration(theCase: Case): void {
  const { state } = theCase;
  setHandler(awaitRegistration, async () => {
    const isOver = (): boolean => state.outcome !== undefined || state.attention !== undefined || theCase.isLong;
    await condition(() => registeredIds(state.finhub) !== null || isOver() || theCase.isCancelled);
    const ids = registeredIds(state.finhub);
    if (!ids && theCase.isCancelled) throw new CancelledFailure('the lifecycle was cancelled');
    return ids;
  });
}
