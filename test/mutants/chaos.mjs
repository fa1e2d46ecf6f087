const whole = { in: 'test/chaos.test.ts', test: 'whatever is killed in the middle, the promise holds' };

/**
 * What only the whole service can see, under blows or under load; under blows each run ends soon, since a case that is stuck is enough.
 * @type {import('../../scripts/mutants.mjs').Mutant[]}
 */
export default [
  {
    name: 'a decision is acknowledged and not stored',
    file: 'src/workflows/case.ts',
    from: "    this.#change(state);\n    if (message.name === 'decideVerification')",
    to: "    if (message.name !== 'decideVerification') this.#change(state);\n    else",
    env: { CHAOS_LIMIT: '45' },
    ...whole,
  },
  {
    name: 'a message that was sent counts as taken',
    file: 'src/client/send.ts',
    from: 'return await temporal.withDeadline(deadline, () => handle.executeUpdate<Answer, [unknown]>(name, options));',
    to: "return await temporal.withDeadline(deadline, async () => { await handle.startUpdate<Answer, [unknown]>(name, { ...options, waitForStage: 'ACCEPTED' }); return { accepted: true, state: 'applied', detail: '' }; });",
    ...whole,
  },
  {
    name: 'no read-back before a guarded call',
    file: 'src/finhub/perform.ts',
    from: "      case 'guarded': {\n        const found = await lookBefore(rule.readBack);",
    to: "      case 'guarded': {\n        const found = (await Promise.resolve(undefined)) as Performed<R> | 'cannotRead' | undefined;",
    env: { CHAOS_FAULT_RATE: '0.3', CHAOS_LIMIT: '60' },
    ...whole,
  },
  {
    name: 'a workflow that a query took ahead goes on',
    file: 'src/workflows/query-ahead.ts',
    from: '(isAhead || events < nextTask)',
    to: 'events < 0',
    in: 'test/together.test.ts',
    test: 'what comes together to a case in review',
  },
  {
    name: 'an Update that no workflow has seen is given up',
    file: 'src/client/errors.ts',
    from: 'updateFailure(error)?.type === UNPROCESSED',
    to: 'updateFailure(error)?.type === ``',
    in: 'test/send.test.ts',
    test: 'a message that no workflow has seen is sent again, until the time is over',
  },
  {
    name: 'the bound of the cache is forgotten',
    file: 'src/worker/options.ts',
    from: '...(tuning.cachedWorkflows && { maxCachedWorkflows: tuning.cachedWorkflows }),',
    to: 'maxCachedWorkflows: 10_000,',
    in: 'test/bench.long.ts',
    test: 'a worker keeps no more cases in memory than it may',
  },
];
