import { proxyLocalActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.js';
import type { PolicyActivities } from '../activities/policy.js';

const local = proxyLocalActivities<Pick<Activities, keyof PolicyActivities>>({
  startToCloseTimeout: '5s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
});

/**
 * Look-ups in the worker's own configuration: quick, harmless to repeat, so they run within the workflow task. A file that cannot be read
 * now is tried again until it can.
 *
 * One at a time: two that run side by side may end in two activations, but a replay gets both results in one, where what follows from them
 * comes in another order; the case would then be stuck with a nondeterminism error.
 */
export class OwnActivities implements PolicyActivities {
  #last: Promise<unknown> = Promise.resolve();

  loadPolicy: PolicyActivities['loadPolicy'] = (input) => this.#inTurn(() => local.loadPolicy(input));

  businessTimes: PolicyActivities['businessTimes'] = (input) => this.#inTurn(() => local.businessTimes(input));

  lookUpOperators: PolicyActivities['lookUpOperators'] = (input) => this.#inTurn(() => local.lookUpOperators(input));

  #inTurn<T>(lookUp: () => Promise<T>): Promise<T> {
    const result = this.#last.then(lookUp);
    this.#last = result.catch(() => {});
    return result;
  }
}
