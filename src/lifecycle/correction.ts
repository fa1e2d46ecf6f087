import type { Application } from '../contract/application.js';
import { canonicalJson } from './canonical.js';
import type { Changes, LifecycleState } from './case-state.js';
import { whyTooLate } from './late-corrections.js';
import { mergePatch } from './merge-patch.js';
import { accept, refuse, type Answer, type CorrectApplication } from './messages.js';
import type { PhaseName } from './phases.js';

/** What the rules of the intake say of a corrected application. */
export interface CheckedCorrection {
  /** As `path: what is wrong`; empty where the correction may be taken. */
  faults: string[];
  /** The fields that the correction names, in the form of the intake. */
  fields?: Record<string, unknown> | undefined;
  /** By what the corrected case is found. */
  searchTokens?: string[] | undefined;
}

/** Until the end of which phase a part of the application may be corrected; FinHub has not accepted it before. */
const OPEN_UNTIL: Partial<Record<string, PhaseName[]>> = {
  person: ['registration'],
  organization: ['registration'],
  password: ['registration'],
  categorization: ['registration'],
  directors: ['personnel'],
  // Who owns the companies among the shareholders is ours to know; of the rest, see `whyTooLate`.
  shareholders: ['verification'],
  employees: ['personnel'],
  // Goes with every call, so it may change as long as there are any.
  origin: ['payments', 'transactions'],
  signatory: ['consents'],
  payments: ['payments', 'transactions'],
};

/** Why a field of a correction is not open to one any more, or never was; undefined where all are. */
export function whyClosed(state: LifecycleState, patch: Record<string, unknown>): string | undefined {
  for (const field of Object.keys(patch)) {
    const until = Object.hasOwn(OPEN_UNTIL, field) ? OPEN_UNTIL[field] : undefined;
    const phase = state.phases.find(({ name }) => until?.includes(name));
    if (!phase || !(field === 'categorization' || Object.hasOwn(state.application, field)))
      return `"${field}" cannot be corrected`;
    if (phase.state === 'completed' || phase.state === 'skipped' || phase.closed) {
      return `"${field}" was accepted by FinHub in phase ${phase.name}`;
    }
  }
  return undefined;
}

/** Takes over the normalized fields. Unchanged parts stay the same objects, because phases detect changes by identity. */
function inIntakeForm(corrected: unknown, fields: Record<string, unknown>): unknown {
  return {
    ...(corrected as object),
    ...Object.fromEntries(
      Object.entries(fields).map(([name, is]) => [name, kept((corrected as Record<string, unknown>)[name], is)]),
    ),
  };
}

function kept(was: unknown, is: unknown): unknown {
  if (canonicalJson(was) === canonicalJson(is)) return was;
  if (typeof was !== 'object' || typeof is !== 'object' || !was || !is || Array.isArray(is)) return is;
  const before = was as Record<string, unknown>;
  return Object.fromEntries(Object.entries(is).map(([name, part]) => [name, kept(before[name], part)]));
}

/** Changes what FinHub has not accepted yet. A call that waits for a correction is made again. */
export function correct(
  state: LifecycleState,
  { patch }: CorrectApplication,
  checked?: CheckedCorrection,
): { changes: Changes & Pick<Partial<LifecycleState>, 'application'>; answer: Answer } {
  const closed = whyClosed(state, patch);
  if (closed !== undefined) return { changes: {}, answer: refuse('NotAllowed', closed) };
  const faulty = (checked?.faults.length ?? 0) > 0;
  const merged = mergePatch(state.application, patch);
  const corrected = !faulty && checked?.fields ? inIntakeForm(merged, checked.fields) : merged;
  const misshapen = misfit(state.application, corrected, '$');
  const late = misshapen === undefined ? whyTooLate(state, corrected as Application) : undefined;
  if (late !== undefined) return { changes: {}, answer: refuse('NotAllowed', late) };
  if (faulty) {
    const detail = `the corrected application has faults: ${checked!.faults.join('; ')}`;
    return { changes: {}, answer: refuse('NotAllowed', detail) };
  }
  if (misshapen !== undefined) {
    return { changes: {}, answer: refuse('NotAllowed', `${misshapen} is not what an application has there`) };
  }
  return {
    changes: { application: corrected as Application, corrected: true },
    answer: accept('applied', 'corrected; the phase goes on with it'),
  };
}

/**
 * Path of the first part of a corrected application that is of another kind than before: a list stays a list of what it held, an object an
 * object, a text a text. What the texts say is for FinHub to check; lifecycles rely on the shape alone. People in a list need not have all
 * that the first one has.
 */
function misfit(before: unknown, after: unknown, path: string, inList = false): string | undefined {
  const isPart = typeof before === 'object' && before !== null;
  if (before === undefined || (after === undefined && (inList || !isPart))) return undefined;
  if (Array.isArray(before)) {
    if (!Array.isArray(after)) return path;
    return firstOf(after, (item, index) =>
      item === undefined ? path : misfit(before[0], item, `${path}[${index}]`, true),
    );
  }
  if (!isPart) return typeof after === typeof before ? undefined : path;
  if (typeof after !== 'object' || after === null || Array.isArray(after)) return path;
  const parts = after as Record<string, unknown>;
  return firstOf(Object.entries(before), ([key, value]) => misfit(value, parts[key], `${path}.${key}`, inList));
}

function firstOf<T>(items: readonly T[], fault: (item: T, index: number) => string | undefined): string | undefined {
  for (const [index, item] of items.entries()) {
    const found = fault(item, index);
    if (found !== undefined) return found;
  }
  return undefined;
}
