import type { CurrentStatus } from '../../src/client/index.js';

/** What no waiting will mend. */
export class BrokenPromise extends Error {}

const ORDER = { pending: 0, active: 1, completed: 2, skipped: 2, stopped: 2 };

/** Watches that no phase of a case ever goes back: FinHub's state machine knows "no backward movement" (S1, "Key Characteristics"). */
export class PhaseWatch {
  readonly #seen = new Map<string, CurrentStatus>();

  /** @throws BrokenPromise where a phase is behind where it was seen before */
  see<Status extends CurrentStatus>(id: string, status: Status): Status {
    const before = this.#seen.get(id);
    this.#seen.set(id, status);
    if (!before || before.stale || status.stale) return status;
    // A case that was started again under its id begins anew.
    if (before.phases[0]?.startedAt !== status.phases[0]?.startedAt) return status;
    for (const { name, status: was } of before.phases) {
      const is = status.phases.find((phase) => phase.name === name)?.status;
      if (is === undefined || ORDER[is] < ORDER[was]) {
        throw new BrokenPromise(`${id}: phase ${name} went back from ${was} to ${is ?? 'nothing'}`);
      }
    }
    return status;
  }
}
