import type { CaseState } from './case-state.js';
import { accept, refuse, type Answer, type ResolveAttention } from './messages.js';
import { ORDER_OUTCOMES } from './orders.js';

/** Applies a person's resolution of a call that needs attention. */
export function resolve(
  state: CaseState,
  resolution: ResolveAttention,
): { changes: Pick<CaseState, 'resolution'>; answer: Answer } {
  const { attention } = state;
  // A correction continues the call like a resolution.
  const goesOn = state.resolution !== undefined || state.corrected === true;
  if (attention?.attentionId !== resolution.attentionId || goesOn) {
    return { changes: {}, answer: refuse('NothingToResolve', 'the case does not wait for this') };
  }
  if (!attention.options.includes(resolution.action)) {
    return { changes: {}, answer: refuse('NotAllowed', `possible here: ${attention.options.join(', ')}`) };
  }
  const adopts = resolution.action === 'adopt' ? attention.adopts : [];
  const given = adopts.flatMap((field) =>
    resolution.adopt?.[field] ? [[field, resolution.adopt[field]] as const] : [],
  );
  if (given.length < adopts.length)
    return { changes: {}, answer: refuse('NotAllowed', `to adopt, ${adopts.join(' and ')} must be given`) };
  if (given.some(([field, value]) => field === 'outcome' && !ORDER_OUTCOMES.includes(value)))
    return { changes: {}, answer: refuse('NotAllowed', `an order's outcome is one of ${ORDER_OUTCOMES.join(', ')}`) };
  return {
    changes: { resolution: { ...resolution, adopt: Object.fromEntries(given) } },
    answer: accept('applied', `continues with: ${resolution.action}`),
  };
}
