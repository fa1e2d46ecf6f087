/** @type {import('../../scripts/mutants.mjs').Mutant[]} */
export default [
  {
    name: 'shares that were corrected stay at FinHub as they were',
    file: 'src/workflows/phases/personnel.ts',
    from: 'for (const record of outdated()) await removeShareholder(kase, record);',
    to: '',
  },
  {
    name: 'a PEP who is named late raises no risk',
    file: 'src/workflows/phases/personnel.ts',
    from: "if (riskOf(application(kase)) === 'HIGH') kase.state.risk = 'HIGH';",
    to: '',
  },
  {
    name: 'shares of four decimals never add up',
    file: 'src/lifecycle/case-rules.ts',
    from: 'flowOf(policy) >= 2 ? 4 : 2',
    to: '2',
  },
].map((mutant) => ({
  in: 'test/prerequisites.test.ts',
  test: 'shareholders of less than 100 % together are corrected at FinHub before anybody is verified',
  ...mutant,
}));
