import { z } from 'zod';

export const FAULT_KINDS = [
  'refuse-500', // answer the status without any effect
  'refuse-502',
  'refuse-503',
  'refuse-429', // with Retry-After
  'refuse-401',
  'conflict-running', // 409 "still running", without any effect
  'drop', // execute, then close the connection without an answer
  'late-effect', // close the connection (or let the client give up) and execute only then
  'effect-500', // execute, answer 500
  'late-answer', // execute, answer late
  'cut', // execute, close the connection in the middle of the answer
  'garble', // execute, answer 200 with another schema
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

/** What to inject and where; `POST /__sandbox/faults`. */
export const faultRule = z.strictObject({
  method: z
    .string()
    .default('*')
    .transform((method) => method.toUpperCase()),
  /** Path template with placeholders of any names, or `*`. */
  path: z.string().default('*'),
  kind: z.enum(FAULT_KINDS),
  /** How many calls meet it. */
  times: z.int().positive().default(1),
  /** The share of calls that meet it, 0 to 1, drawn in the sequence of the seed. */
  share: z.number().min(0).max(1).default(1),
  /** `late-effect`: from the closed connection to the effect; `late-answer`: to the answer. Real milliseconds. */
  delayMs: z.int().min(0).optional(),
  /** `refuse-429`: seconds, or an HTTP date. */
  retryAfter: z.union([z.int().min(0), z.string()]).default(1),
  /** `late-effect`: whether the connection stays open until the client closes it. */
  hang: z.boolean().default(false),
});
export type FaultRule = z.infer<typeof faultRule>;

export interface Fault extends Omit<FaultRule, 'delayMs'> {
  readonly delayMs: number;
}

interface Injected {
  readonly operation: string;
  readonly kind: FaultKind;
  readonly at: string;
  readonly random: boolean;
}

const DEFAULT_DELAY_MS = { 'late-effect': 500, 'late-answer': 1500 } as Readonly<Record<string, number>>;

/** The faults that wait for their call, and those drawn at random. */
export class Faults {
  readonly #rules: { rule: FaultRule; left: number }[] = [];
  #injected: Injected[] = [];
  readonly #rate: number;
  readonly #kinds: readonly FaultKind[];
  readonly #random: () => number;

  /** @param rate share of calls, 0 to 1, that meet one of `kinds`, in the sequence that `seed` gives */
  constructor(rate: number, kinds: readonly FaultKind[], seed: number) {
    this.#rate = rate;
    this.#kinds = kinds;
    this.#random = randomSequence(seed);
  }

  add(rule: FaultRule): void {
    this.#rules.push({ rule, left: rule.times });
  }

  clear(): void {
    this.#rules.length = 0;
    this.#injected = [];
  }

  /** The fault that this call meets, if any; scripted ones come first. */
  next(method: string, template: string, login: boolean): Fault | undefined {
    const scripted = this.#rules.find(
      ({ rule, left }) =>
        left > 0 && concerns(rule, method, template) && (rule.share === 1 || this.#random() < rule.share),
    );
    if (scripted) {
      scripted.left -= 1;
      return this.#inject(scripted.rule, `${method} ${template}`, false);
    }
    if (this.#rate === 0 || login || this.#random() >= this.#rate) return undefined;
    const kind = this.#kinds[Math.floor(this.#random() * this.#kinds.length)] as FaultKind;
    return this.#inject(faultRule.parse({ kind }), `${method} ${template}`, true);
  }

  toJSON() {
    return {
      waiting: this.#rules.filter(({ left }) => left > 0).map(({ rule, left }) => ({ ...rule, left })),
      injected: this.#injected,
    };
  }

  #inject(rule: FaultRule, operation: string, random: boolean): Fault {
    this.#injected.push({ operation, kind: rule.kind, at: new Date().toISOString(), random });
    return { ...rule, delayMs: rule.delayMs ?? DEFAULT_DELAY_MS[rule.kind] ?? 0 };
  }
}

/** Whether a rule is meant for an operation, whatever the names of its placeholders. */
export function concerns(rule: FaultRule, method: string, template: string): boolean {
  const sameMethod = rule.method === '*' || rule.method === method;
  return sameMethod && (rule.path === '*' || nameless(rule.path) === nameless(template));
}

/** A path template whose placeholders have lost their names. */
function nameless(template: string): string {
  return template.replace(/\{[^}]*\}/g, '{}');
}

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function randomSequence(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
