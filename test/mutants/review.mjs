/** @type {import('../../scripts/mutants.mjs').Mutant[]} */
export default [
  {
    name: 'whoever corrects the application may decide on it',
    file: 'src/lifecycle/review.ts',
    from: '    submitters: [...new Set([...review.submitters, by])],\n    approvals: review',
    to: '    submitters: review.submitters,\n    approvals: review',
  },
  {
    name: 'an approval counts although its giver then corrected the application',
    file: 'src/lifecycle/review.ts',
    from: 'review.approvals.filter(({ operatorId }) => operatorId !== by)',
    to: 'review.approvals',
  },
].map((mutant) => ({
  in: 'test/model.test.ts',
  test: 'the reducer answers and stands as the model says, over 6000 random sequences',
  ...mutant,
}));
