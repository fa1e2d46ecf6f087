import { MESSAGES, type Refusal } from '../../src/lifecycle/messages.js';
import { ADMISSION, STAGE_REFUSALS, STAGES, type Admission, type Stage } from '../../src/lifecycle/admission.js';
import { markdownTable } from './markdown.js';

const STAGE_TITLES: Record<Stage, string> = {
  collecting: 'before and between review rounds, while documents are collected',
  inReview: 'a review round is open',
  decided: 'approved or rejected; consents and activation follow, or the end',
  active: 'the account is active; payments follow',
  ended: 'completed, rejected, expired, cancelled or aborted',
};

/** What else a message may hear where the table lets it through. */
const REFUSALS: Record<Refusal, string> = {
  Malformed:
    'it cannot be read; the answer says where and what is expected. An Update is turned away, a Signal is recorded',
  UnsealedSecret: 'it carries a password or code as plain text',
  UnknownOperator: 'the signers file does not know its sender, or whom a case is assigned to',
  ProofInvalid: 'proof is asked for and its envelope does not carry it, or it carries one that does not hold',
  Duplicate: 'other content came under its id before; the same content under the same id hears the first answer again',
  WrongTenant: 'the operator works for other tenants',
  LevelInsufficient: 'the decision takes POWER_TENANT',
  SelfApproval: 'its sender handed in the application or documents, or corrected the application',
  SamePersonTwice: 'its sender has approved this round already',
  StaleRound: 'it names a round that is over',
  EvidenceChanged: 'it was made on other evidence than the case holds now',
  AlreadyDecided: 'the review is decided',
  DecisionConflict: 'its decisionId was used before with other content',
  AlreadyFinal: 'the lifecycle has ended, or its workflow is closed',
  NothingToResolve: 'nothing of this attentionId needs attention',
  AlreadyClaimed: 'another operator has the case',
  NotAnApprover: 'a transfer waits for a TRANSACTION_APPROVER of the account, and its sender is none',
  NotAllowed: 'it does not fit; the answer says why',
};

/** A situation around decisions, what comes of it, and the test that shows it. */
export interface Situation {
  situation: string;
  result: string;
  shownBy: { file: string; test: string };
}

export const SITUATIONS: readonly Situation[] = [
  {
    situation: 'The decision comes first, its round opens later',
    result: '`kept`; applied when the round opens, if the evidence is the same, else refused with `EvidenceChanged`',
    shownBy: {
      file: 'test/messages.test.ts',
      test: 'a decision that comes before its round is kept, and applied when the round opens',
    },
  },
  {
    situation: 'The same `decisionId` twice',
    result: 'one decision; the second one hears the first answer',
    shownBy: {
      file: 'test/messages.test.ts',
      test: 'the same id hears the first answer; other content under it is a conflict',
    },
  },
  {
    situation: 'The same `decisionId` with other content',
    result: '`DecisionConflict`; the first decision stands',
    shownBy: {
      file: 'test/messages.test.ts',
      test: 'the same id hears the first answer; other content under it is a conflict',
    },
  },
  {
    situation: 'A decision while the worker is down',
    result:
      'a Signal waits in Temporal and is applied by the next worker; an Update ends in `NoAnswer` and may be repeated as it is',
    shownBy: {
      file: 'test/recovery.long.ts',
      test: 'a killed worker: another one finishes, and FinHub has everything once',
    },
  },
  {
    situation: 'Two decisions at once',
    result: 'one is applied, the other hears `AlreadyDecided`',
    shownBy: { file: 'test/messages.test.ts', test: 'of two decisions at once one is applied and the other refused' },
  },
  {
    situation: 'A decision while the case moves to a new run',
    result: 'handled by one of the two runs, once',
    shownBy: {
      file: 'test/continue-as-new.test.ts',
      test: 'in review: who has it, deadlines, handled and early decisions, notes and audit go along',
    },
  },
];

const CUSTOMERS = 'test/customers.test.ts';

/** What crosses a transfer that is under way. */
export const PAYMENTS_THAT_CROSS: readonly Situation[] = [
  {
    situation: 'A beneficiary is removed while a transfer to it is under way',
    result:
      'an order that was prepared before is paid; a transfer without one needs attention (`BeneficiaryUnknown`), and nothing is paid',
    shownBy: { file: CUSTOMERS, test: 'to a beneficiary who is removed is paid if its order was prepared before' },
  },
  {
    situation: 'A payment consent is made anew between preparing and executing',
    result: 'the order is paid by the consent that it was prepared by, which is revoked three hours later',
    shownBy: {
      file: CUSTOMERS,
      test: 'whose consent is made anew meanwhile is paid by the one that its order was prepared by',
    },
  },
  {
    situation: 'A payment consent is revoked between preparing and executing, or while a batch runs',
    result:
      'what is being executed goes on; FinHub refuses what is prepared, and the rest finds no consent (`ConsentMissing`): each needs attention, nothing is paid, and `retry` goes on by another consent',
    shownBy: {
      file: CUSTOMERS,
      test: 'whose consent is revoked asks a person, is not paid, and goes on by another consent',
    },
  },
  {
    situation: 'A payment consent expires between preparing and executing',
    result: 'as if it were revoked',
    shownBy: {
      file: CUSTOMERS,
      test: 'whose consent expires asks a person, is not paid, and goes on by another consent',
    },
  },
];

/** The page `docs/reference/states.md`, made from the tables that workflows decide by. */
export function statesPage(): string {
  return [
    '<!-- Made by `npm run docs` from src/lifecycle/admission.ts; do not edit. -->',
    '',
    '# What becomes of a message',
    '',
    'A lifecycle takes every message at every time and answers it. What the answer is depends first on the stage that the case is at:',
    '',
    ...STAGES.map((stage) => `- **${stage}**: ${STAGE_TITLES[stage]}`),
    '',
    ...markdownTable(
      ['message', ...STAGES],
      MESSAGES.map((name) => [`\`${name}\``, ...STAGES.map((stage) => cell(ADMISSION[name][stage]))]),
    ),
    '',
    '**taken**: judged at once, by its content and its sender. **kept**: it came early and is applied when its time comes (a decision on a round that',
    'is over is refused at once). Everything else is the refusal it hears:',
    '',
    ...STAGES.filter((stage) => MESSAGES.some((name) => isRefusal(ADMISSION[name][stage]))).map(
      (stage) => `- at **${stage}**: ${STAGE_REFUSALS[stage]}`,
    ),
    '',
    'The audit has the messages with their answers, except Updates that cannot be read. Of messages that are turned away it has the first 200, then a count. It keeps its first 200 and its latest 800 entries.',
    '',
    '## Refusals',
    '',
    ...markdownTable(
      ['refusal', 'when'],
      Object.entries(REFUSALS).map(([refusal, when]) => [`\`${refusal}\``, when]),
    ),
    '',
    '## Decisions that cross',
    '',
    ...situationsTable(SITUATIONS),
    '',
    '## Payments that cross',
    '',
    ...situationsTable(PAYMENTS_THAT_CROSS),
    '',
  ].join('\n');
}

function situationsTable(situations: readonly Situation[]): string[] {
  return markdownTable(
    ['situation', 'result', 'shown by'],
    situations.map(({ situation, result, shownBy }) => [situation, result, `[${shownBy.test}](../../${shownBy.file})`]),
  );
}

function isRefusal(admission: Admission): admission is Refusal {
  return admission !== 'taken' && admission !== 'kept';
}

function cell(admission: Admission): string {
  return isRefusal(admission) ? `\`${admission}\`` : admission;
}
