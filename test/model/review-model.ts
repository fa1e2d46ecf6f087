import fc from 'fast-check';
import type { Answer, Decision, Verdict } from '../../src/lifecycle/messages.js';
import type { Operator, OperatorLevel } from '../../src/lifecycle/policy.js';

export const TENANT = 'tenant-1';
export const OPERATORS: Operator[] = [
  { id: 'tina', level: 'TENANT', tenants: ['*'] },
  { id: 'tom', level: 'TENANT', tenants: [TENANT] },
  { id: 'pia', level: 'POWER_TENANT', tenants: [TENANT] },
  { id: 'pete', level: 'POWER_TENANT', tenants: ['*'] },
  { id: 'olga', level: 'POWER_TENANT', tenants: ['tenant-2'] },
  { id: 'sam', level: 'POWER_TENANT', tenants: ['*'] },
];
/** Submits applications and documents, and would like to decide as well. */
export const SUBMITTER = 'sam';
const PEOPLE = [...OPERATORS.map(({ id }) => id), 'nobody'];
export interface Rules {
  level: OperatorLevel;
  quorum: number;
  maxResubmissions: number;
  portal: 'adopt' | 'hold';
}

export type Command =
  | {
      do: 'decide';
      who: string;
      verdict: Verdict;
      roundOffset: number;
      id: number;
      narrowed: boolean;
      stale: boolean;
      retryable: boolean;
    }
  | { do: 'submit'; by: string }
  | { do: 'open' }
  | { do: 'portal'; verdict: 'APPROVED' | 'REJECTED' }
  | { do: 'deadline'; kind: 'reminder' | 'due' | 'escalation' | 'expiry' }
  | { do: 'correct'; by: string }
  | { do: 'cancel' }
  | { do: 'end' };

/** The model: what a careful person would write on a sheet of paper. */
export class Sheet {
  standing: 'collecting' | 'open' | 'approved' | 'rejected' | 'over' = 'collecting';
  round = 1;
  documents = 1;
  fresh = 1;
  hands = new Set([SUBMITTER]);
  yes: { who: string; level: OperatorLevel }[] = [];
  answers = new Map<number, { content: string; answer: string }>();
  waiting: {
    content: string;
    id: number;
    command: Extract<Command, { do: 'decide' }>;
    round: number;
    documents: number;
  }[] = [];
  level: OperatorLevel;
  readonly rules: Rules;

  constructor(rules: Rules) {
    this.rules = rules;
    this.level = rules.level;
  }

  decide(command: Extract<Command, { do: 'decide' }>): string {
    const round = Math.max(1, this.round + command.roundOffset);
    const content = contentOf(command, round);
    const before = this.answers.get(command.id);
    if (before) return before.content === content ? before.answer : 'DecisionConflict';
    if (this.standing === 'over') return 'AlreadyFinal';
    if (this.standing === 'approved' || this.standing === 'rejected') return 'AlreadyDecided';
    // A request that the round waits for can be replaced at once.
    const replaces = command.verdict === 'request-documents' && round === this.round && round > 1;
    const early = this.standing === 'collecting' ? round >= this.round && !replaces : round > this.round;
    const answer = early ? 'kept' : this.judge(command, round, command.stale ? -1 : undefined);
    if (early)
      this.waiting.push({ content, id: command.id, command, round, documents: command.stale ? -1 : this.documents });
    this.answers.set(command.id, { content, answer });
    return answer;
  }

  /** `sentOn`: how many documents its sender had seen, if that counts. */
  judge(
    { who, verdict, narrowed, retryable }: Extract<Command, { do: 'decide' }>,
    round: number,
    sentOn: number | undefined,
  ): string {
    if (this.standing === 'approved' || this.standing === 'rejected') return 'AlreadyDecided';
    const operator = OPERATORS.find(({ id }) => id === who);
    if (!operator) return 'UnknownOperator';
    if (!operator.tenants.some((tenant) => tenant === '*' || tenant === TENANT)) return 'WrongTenant';
    if (round < this.round) return 'StaleRound';
    if (this.hands.has(who)) return 'SelfApproval';
    if (sentOn !== undefined && sentOn !== this.documents) return 'EvidenceChanged';
    const level = narrowed ? 'TENANT' : operator.level;
    const enough = (held: OperatorLevel): boolean => this.level === 'TENANT' || held === 'POWER_TENANT';
    if (verdict === 'approve') {
      if (this.yes.some((vote) => vote.who === who)) return 'SamePersonTwice';
      const votes = [...this.yes, { who, level }];
      if (votes.length < this.rules.quorum) return ((this.yes = votes), 'recorded');
      if (!votes.some((vote) => enough(vote.level))) return 'LevelInsufficient';
      this.yes = votes;
      this.standing = 'approved';
      return 'applied';
    }
    if (!enough(level)) return 'LevelInsufficient';
    if (this.standing === 'collecting') return 'applied';
    const another = this.round <= this.rules.maxResubmissions;
    if (verdict === 'request-documents' && !another) return 'NotAllowed';
    if (verdict === 'reject' && !(retryable && another)) this.standing = 'rejected';
    else Object.assign(this, { standing: 'collecting', round: this.round + 1, yes: [], fresh: 0 });
    return 'applied';
  }

  submit(by: string): string {
    if (this.standing === 'over') return 'AlreadyFinal';
    if (this.standing === 'open') return 'NotAllowed';
    if (this.standing !== 'collecting') return 'AlreadyDecided';
    this.documents += 1;
    this.fresh += 1;
    this.hands.add(by);
    return 'applied';
  }

  correct(by: string): string {
    if (this.standing === 'over') return 'AlreadyFinal';
    if (this.standing === 'collecting' || this.standing === 'open') {
      this.hands.add(by);
      this.yes = this.yes.filter(({ who }) => who !== by);
    }
    return 'applied';
  }

  open(): void {
    this.standing = 'open';
    this.yes = [];
    this.level = this.rules.level;
    const due = this.waiting.filter(({ round }) => round <= this.round);
    this.waiting = this.waiting.filter(({ round }) => round > this.round);
    for (const { id, content, command, round, documents } of due) {
      this.answers.set(id, { content, answer: this.judge(command, round, documents) });
    }
  }
}

function contentOf(
  { who, verdict, narrowed, stale, retryable }: Extract<Command, { do: 'decide' }>,
  round: number,
): string {
  return JSON.stringify([who, verdict, narrowed, stale, retryable, round]);
}

export function decisionOf(command: Extract<Command, { do: 'decide' }>, round: number): Decision {
  const { who, verdict, narrowed, retryable, stale, id } = command;
  return {
    decisionId: `decision-${id}`,
    round,
    verdict,
    operator: narrowed ? { id: who, level: 'TENANT' } : { id: who },
    retryable,
    ...(stale ? { evidenceHash: 'of something else' } : {}),
    ...(verdict === 'request-documents' ? { documents: [{ type: 'PASSPORT' }] } : {}),
  };
}

export const told = (answer: Answer): string => (answer.accepted ? answer.state : answer.refusal);

const person = fc.constantFrom(...PEOPLE);
export const decision = fc.record({
  do: fc.constant('decide' as const),
  who: person,
  verdict: fc.constantFrom<Verdict>('approve', 'approve', 'approve', 'reject', 'request-documents'),
  roundOffset: fc.constantFrom(0, 0, 0, 0, -1, 1),
  id: fc.integer({ min: 1, max: 12 }),
  narrowed: fc.boolean(),
  stale: fc.constantFrom(false, false, false, true),
  retryable: fc.boolean(),
});
export const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 12, arbitrary: decision },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('submit' as const), by: fc.constantFrom(SUBMITTER, 'tom', 'customer') }),
  },
  { weight: 6, arbitrary: fc.constant<Command>({ do: 'open' }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('portal' as const),
      verdict: fc.constantFrom('APPROVED' as const, 'REJECTED' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('deadline' as const),
      kind: fc.constantFrom(
        'reminder' as const,
        'due' as const,
        'escalation' as const,
        'escalation' as const,
        'expiry' as const,
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('correct' as const), by: fc.constantFrom('tina', 'pete', 'customer') }),
  },
  { weight: 1, arbitrary: fc.constant<Command>({ do: 'cancel' }) },
  { weight: 1, arbitrary: fc.constant<Command>({ do: 'end' }) },
);
export const rules: fc.Arbitrary<Rules> = fc.record({
  level: fc.constantFrom<OperatorLevel>('TENANT', 'POWER_TENANT'),
  quorum: fc.integer({ min: 1, max: 3 }),
  maxResubmissions: fc.integer({ min: 0, max: 3 }),
  portal: fc.constantFrom('adopt' as const, 'hold' as const),
});
