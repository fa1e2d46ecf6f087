import { ADVICE_ON_DECISIONS, ADVICE_ON_ORDERS } from '../../src/lifecycle/attention.js';
import { causeOf, FAILURE_NAMES } from '../../src/lifecycle/attention-causes.js';
import { FAILURES, PAUSING } from '../../src/lifecycle/failures.js';
import { markdownTable } from './markdown.js';

const OF_CALLS: ReadonlySet<string> = new Set(Object.values(FAILURES));
/** Never shown: what is polled for, and a mark of our own. */
const HIDDEN: ReadonlySet<string> = new Set(['AwaitingFinHub', 'Unanswered']);

const OF_PHASES: ReadonlySet<string> = new Set([
  'SharesIncomplete',
  'VerdictContradicts',
  'NotReadyForActivation',
  'PrerequisiteMissing',
  'TransferConflict',
  'OrderState',
  'SecondPersonNeeded',
]);

/** The page `docs/reference/failures.md`: what can stop a call, and what helps. */
export function failuresPage(): string {
  const shown = FAILURE_NAMES.filter((name) => !HIDDEN.has(name));
  const calls = shown.filter((name) => OF_CALLS.has(name));
  const phases = shown.filter((name) => OF_PHASES.has(name));
  const transfers = shown.filter((name) => !OF_CALLS.has(name) && !OF_PHASES.has(name));
  return [
    '# Failures, and what helps',
    '',
    'Made by `npm run docs` from `src/lifecycle/attention-causes.ts`. No failure ends a case: the call is made again, or the case needs attention. What `operator show`',
    'prints as "what helps" comes from the same table; how to [resolve](../guides/operators.md#what-needs-attention) it is the same for all.',
    '',
    '## What FinHub answers',
    '',
    ...markdownTable(['FinHub answered', 'failure', 'then'], ANSWERS),
    '',
    'A failure that may heal is tried ten times quickly, within five minutes, then every 15 minutes for a day, then a person is asked. Calls that fail with',
    `${[...PAUSING].map((name) => `\`${name}\``).join(', ')} have one cause for many cases: they pause, without asking anybody, until the cause is gone.`,
    '',
    '## Of calls',
    '',
    ...tableOf(calls),
    '',
    `- **FinHubUnclear of an order** (\`prepareOrder\`, \`executeOrder\`): ${ADVICE_ON_ORDERS} ([why](../guides/payments.md#unclear-outcomes)).`,
    `- **FinHubConflict where nothing can be adopted** (\`decideVerificationAtFinHub\`): ${ADVICE_ON_DECISIONS}.`,
    '',
    '## Of phases',
    '',
    ...tableOf(phases),
    '',
    '## Of transfers',
    '',
    'What a transfer names as its requirements. Nothing was reserved.',
    '',
    ...tableOf(transfers),
    '',
  ].join('\n');
}

const ANSWERS = [
  ['nothing: refused, reset, timed out', 'unreachable', 'retried, by the class of the call'],
  ['429', 'rateLimited', 'retried when FinHub says'],
  ['5xx', 'unavailable', 'retried, by the class of the call'],
  ['401, also with a new session', 'unauthorized', "needs attention; a customer's refused login is not repeated"],
  ["a refusal of the service's own login", 'serviceLogin', 'pauses, with one alarm of the worker'],
  ['400, 422', 'invalidRequest', "needs attention, with FinHub's field errors as requirements"],
  ['403', 'forbidden', 'needs attention'],
  ['404', 'notFound', 'needs attention'],
  ['409 that is not ours', 'conflict', 'needs attention'],
  ['nothing: the request cannot be made', 'unsendable', 'needs attention at once; never counts against FinHub'],
  ['something that cannot be read', 'unexpectedAnswer', 'looked at again, then needs attention; nothing is guessed'],
  ['nothing that can be known', 'unclear', 'needs attention'],
].map(([answer, kind, then]) => [answer!, `\`${FAILURES[kind as keyof typeof FAILURES]}\``, then!]);

function tableOf(names: readonly string[]): string[] {
  const rows = names.map((name) => {
    const { reason, advice, helps } = causeOf(name);
    return [`\`${name}\``, reason, advice, helps.map((help) => `\`${help}\``).join(', ')];
  });
  return markdownTable(['failure', 'what the backend hears', 'what an operator does', 'helps, likeliest first'], rows);
}
