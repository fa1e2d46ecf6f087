/** @type {import('../../scripts/mutants.mjs').Mutant[]} */
export default [
  {
    name: 'whoever corrects the application may decide on it',
    file: 'src/lifecycle/review-evidence.ts',
    from: '    submitters: [...new Set([...review.submitters, by])],\n    approvals: review',
    to: '    submitters: review.submitters,\n    approvals: review',
  },
  {
    name: 'an approval counts although its giver then corrected the application',
    file: 'src/lifecycle/review-evidence.ts',
    from: 'review.approvals.filter(({ operatorId }) => operatorId !== by)',
    to: 'review.approvals',
  },
  {
    name: 'a risk that is corrected between two tries of the registration is not seen',
    file: 'src/workflows/phases/registration.ts',
    from: '  weigh(theCase, riskOf(theCase.state.application));\n  const { application }',
    to: '  const { application }',
    in: 'test/corrections.test.ts',
    test: 'holds for the review',
  },
  {
    name: "a document that comes while a round's others go to FinHub stays here",
    file: 'src/workflows/phases/verification.ts',
    from: 'return state.review.evidence.some(isUnsent);',
    to: 'return false;',
    in: 'test/corrections.test.ts',
    test: 'of a document, another one that comes is handed over with the round',
  },
  {
    name: 'a refusal after an unclear try ends a call by hand',
    file: 'src/workflows/phases/by-hand.ts',
    from: 'earlierUnclear !== true &&',
    to: 'true &&',
    in: 'test/calls-by-hand.test.ts',
    test: 'that FinHub refuses after an unclear try waits for a person, too',
  },
  {
    name: 'a correction names anybody as an approver of transfers',
    file: 'src/lifecycle/late-corrections.ts',
    from: "valuesOf(roles).includes('TRANSACTION_APPROVER')",
    to: 'ref === wanted',
    in: 'test/corrections.test.ts',
    test: 'an approver holds the role for it, whatever is corrected',
  },
].map((mutant) => ({
  in: 'test/model.test.ts',
  test: 'the reducer answers and stands as the model says, over 6000 random sequences',
  ...mutant,
}));
