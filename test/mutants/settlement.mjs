/** @type {import('../../scripts/mutants.mjs').Mutant[]} */
export default [
  {
    name: 'what pauses all cases is put before a person after a day',
    file: 'src/lifecycle/settlement.ts',
    from: 'SLOW_RETRIES_PER_DAY ? RETRYABLE : PAUSING',
    to: 'SLOW_RETRIES_PER_DAY ? RETRYABLE : new Set<string>()',
    in: 'test/settlement.test.ts',
    test: 'FinHubLoginRefused is tried for as long as it takes',
  },
  {
    name: 'a try that may have taken effect is forgotten by the next failure',
    file: 'src/lifecycle/settlement.ts',
    from: 'tried.mayRepeat || unclear === true',
    to: 'unclear === true',
    in: 'test/settlement.test.ts',
    test: 'a try that may have taken effect is remembered, whatever the next ones come to',
  },
  {
    name: 'a refusal as faulty leaves earlier tries unclear',
    file: 'src/lifecycle/settlement.ts',
    from: 'return { unclear: without(calls.unclear, key) };',
    to: 'return {};',
    in: 'test/settlement.test.ts',
    test: 'after a refusal as faulty, which holds for each earlier try',
  },
];
