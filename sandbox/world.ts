import type { Clock } from './clock.js';
import type { Settings } from './options.js';
import type { Profile } from './profiles/profile.js';
import type { JobKind } from './records.js';
import type { State } from './state.js';
import { randomUUID } from 'node:crypto';

/** What every part of the sandbox works on. */
export interface World {
  readonly state: State;
  readonly clock: Clock;
  readonly settings: Settings;
  readonly profile: Profile;
}

/** Lets `kind` happen to `ref` at `dueAt` (sandbox time, ms). */
export function schedule({ state }: World, kind: JobKind, ref: string, dueAt: number): void {
  state.jobs.put({ id: randomUUID(), kind, ref, dueAt });
}

/** Records in the ledger that the natural object `key` of `kind` was made, as `id`. */
export function recordMaking({ state }: World, tenantId: string, kind: string, key: string, id: string): void {
  const row = `${tenantId}|${kind}|${key}`;
  const before = state.makings.get(row) ?? { id: row, tenantId, kind, key, made: [], undone: [] };
  state.makings.put({ ...before, made: [...before.made, id] });
}

/** Records in the ledger that the object `id` was taken back: deleted or revoked. */
export function recordUndoing({ state }: World, tenantId: string, kind: string, key: string, id: string): void {
  const before = state.makings.get(`${tenantId}|${kind}|${key}`);
  if (before && !before.undone.includes(id)) state.makings.patch(before.id, { undone: [...before.undone, id] });
}
