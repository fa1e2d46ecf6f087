const WEBHOOKS = 'test/webhooks.test.ts';
const INBOX = 'test/webhook-inbox.test.ts';

/** @type {import('../../scripts/mutants.mjs').Mutant[]} */
export default [
  {
    name: 'junk fills the inbox for good',
    file: 'src/workflows/webhook-inbox.ts',
    from: 'queue.length > 0 || isLong();',
    to: 'queue.length > 0;',
    in: INBOX,
    test: 'moves to a new run although all that comes is unreadable, so that Temporal goes on taking signals',
  },
  {
    name: 'a subscription whose answer was lost is made again',
    file: 'src/finhub/webhook-subscription.ts',
    from: 'return make(true);',
    to: "return this.#client.call(CATALOGUE.createWebhookSubscription, wanted(target), { key: 'webhooks' }).then((again) => ({ result: again }) as never);",
    in: 'test/webhook-subscription.test.ts',
    test: 'is made once although the answer was lost (drop)',
  },
  {
    name: 'a subscription is made although FinHub shows a part of the list',
    file: 'src/finhub/webhook-subscription.ts',
    from: 'if (!found && !whole)',
    to: 'if (!found && whole === undefined)',
    in: 'test/webhook-subscription.test.ts',
    test: 'is not made where the list is shown in part',
  },
  {
    name: 'a hint does not end the pause before the first look beside a wait',
    file: 'src/workflows/hints.ts',
    from: 'condition(() => this.#hasCome, ms, { summary })',
    to: 'condition(() => false, ms, { summary })',
    in: WEBHOOKS,
    test: 'whoever activates on FinHub’s own pages is seen as soon as its webhook comes',
  },
  {
    name: 'a webhook is taken whoever signed it',
    file: 'src/gateway/webhooks.ts',
    from: "if (!isSigned(bytes, typeof signature === 'string' ? signature : undefined, secrets)) {",
    to: 'if (false) {',
    in: WEBHOOKS,
    test: 'only what is signed with a live secret, whole and in time is taken',
  },
  {
    name: 'a webhook is taken however old it is',
    file: 'src/gateway/finhub-webhook.ts',
    from: 'return age <= maxAgeSeconds && age >= -AHEAD_SECONDS;',
    to: 'return true;',
    in: WEBHOOKS,
    test: 'only what is signed with a live secret, whole and in time is taken',
  },
  {
    name: 'a hint ends no pause of a poll',
    file: 'src/workflows/hints.ts',
    from: 'await condition(() => isOver() || this.#hasCome);',
    to: 'await condition(() => isOver());',
    in: WEBHOOKS,
    test: 'what a webhook says is never believed',
  },
  {
    name: 'a repeated webhook is another one',
    file: 'src/workflows/webhook-inbox.ts',
    from: "if (seen.has(key)) return void count('webhooks', { outcome: 'repeated' });",
    to: '',
    in: INBOX,
    test: 'takes each event once, also over its own runs, and passes over what it cannot read',
  },
  {
    name: 'a corrected case is found by what it was',
    file: 'src/lifecycle/lifecycle-rules.ts',
    from: '        searchTokens: given.checked?.searchTokens,\n',
    to: '',
    in: WEBHOOKS,
    test: 'a corrected name is what a case is found by',
  },
];
