import type { Decision } from '../../src/client/index.js';

/** op-1's approval of the first round; `more` is what is different. */
export function decision(more: Partial<Decision> = {}): Decision {
  return { decisionId: 'd1', round: 1, verdict: 'approve', operator: { id: 'op-1' }, ...more };
}
