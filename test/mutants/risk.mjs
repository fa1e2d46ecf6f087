const PREREQUISITES = 'test/prerequisites.test.ts';

/** @type {import('../../scripts/mutants.mjs').Mutant[]} */
export default [
  {
    name: "the category's own risk is not consulted",
    file: 'src/workflows/phases/registration.ts',
    from: 'await riskOfCategory(kase, registered)',
    to: 'null',
    in: PREREQUISITES,
    test: 'a category of higher risk than the application says counts, for the case and for who decides',
  },
  {
    name: 'who is in a prohibited category is put before FinHub',
    file: 'src/activities/registration.ts',
    from: "if (categoryRisk === 'PROHIBITED') {",
    to: 'if (false) {',
    in: PREREQUISITES,
    test: "a prohibited risk, the category's, is rejected; nothing is registered, and only the audit says why",
  },
  {
    name: 'a prohibited customer hears why',
    file: 'src/workflows/phases/registration.ts',
    from: "throw new Ending('rejected', NOT_ACCEPTED);",
    to: "throw new Ending('rejected', 'customers of this risk are not taken on');",
    in: PREREQUISITES,
    test: "a prohibited risk, the application's, is rejected; nothing is registered, and only the audit says why",
  },
  {
    name: 'a rejection without a reason says something else than that of a prohibited customer',
    file: 'src/workflows/phases/verification.ts',
    from: 'kase.state.review.customerReason ?? NOT_ACCEPTED',
    to: 'kase.state.review.customerReason',
    in: PREREQUISITES,
    test: "a prohibited risk, the application's, is rejected; nothing is registered, and only the audit says why",
  },
  {
    name: 'an application without a category counts as of low risk',
    file: 'src/lifecycle/policy.ts',
    from: "readRisk(level) ?? 'HIGH'",
    to: "readRisk(level) ?? 'LOW'",
    in: PREREQUISITES,
    test: 'without a category the customer is registered without one, and reviewed as of high risk',
  },
  {
    name: 'a key takes several values whatever FinHub says',
    file: 'src/lifecycle/categorization.ts',
    from: 'return [...single, ...wrong];',
    to: 'return wrong;',
    in: 'test/review.test.ts',
    test: 'a categorization is held against the hierarchy',
  },
  {
    name: 'who is active already is asked for the code',
    file: 'src/workflows/phases/activation.ts',
    from: 'return await lookForAccount(kase, once);',
    to: 'return undefined;',
    in: PREREQUISITES,
    test: 'whoever is active already is not asked for the code',
  },
  {
    name: 'nobody looks at FinHub while the customer is asked for the code',
    file: 'src/workflows/phases/activation.ts',
    from: 'seen = await lookForAccount(kase, { every,',
    to: 'if (every > 0) return; seen = await lookForAccount(kase, { every,',
    in: PREREQUISITES,
    test: 'whoever becomes active while the case waits for the code, or after a wrong one, is asked no more',
  },
];
