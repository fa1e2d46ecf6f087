/** @type {import('../../scripts/mutants.mjs').Mutant[]} */
export default [
  {
    name: 'a review opens although papers are missing',
    file: 'src/workflows/phases/verification.ts',
    from: '() => lacking().length === 0,',
    to: '() => theCase.state.review.evidence.length > 0,',
    test: 'says of whom which are missing and what will do, less with each that comes, and is not decided before',
  },
  {
    name: 'what FinHub asks for is not asked for',
    file: 'src/workflows/phases/verification.ts',
    from: 'const written = [...withStart,',
    to: 'const written = [',
    test: 'waits for what FinHub asks for at high risk besides',
  },
  {
    name: 'an approval counts although papers are missing',
    file: 'src/lifecycle/verdicts.ts',
    from: "decision.verdict === 'approve' && answer.accepted ? lackingPapers",
    to: "decision.verdict === 'approve' && !answer.accepted ? lackingPapers",
    test: 'are there before anybody approves, whatever opened the round',
  },
  {
    name: 'the last mile does not look at the papers',
    file: 'src/activities/judge.ts',
    from: 'if (lacking.length > 0) {',
    to: 'if (lacking.length > 99) {',
    test: 'approves nothing that lacks what the policy in force asks for, and the round is open again',
  },
  {
    name: 'one file handed in twice is both sides of a card',
    from: 'contents.size >= papers',
    to: 'theirs.filter((document) => document.type === type).length >= papers',
    test: 'may be both sides of a card: two files, not one twice',
  },
  {
    name: 'the same person hands in a paper for each role',
    from: 'keys.has(personKey(person))',
    to: 'refs.includes(person.ref)',
    test: 'are, of an organization, its own and one of each director and beneficial owner, a person of two roles once',
  },
  {
    name: "anybody's paper is the customer's",
    from: '(subject === undefined ? !refs : refs?.includes(subject))',
    to: '(!refs || (subject !== undefined && refs.includes(subject)))',
    test: 'are, of an organization, its own and one of each director and beneficial owner, a person of two roles once',
  },
  {
    name: 'a paper that FinHub asks for by another name is asked for twice',
    from: 'theirs.filter((rule) => !isMet(rule))',
    to: 'theirs',
    test: 'are what FinHub asks for as well, each once, by whatever name',
  },
].map((mutant) => ({ file: 'src/lifecycle/evidence.ts', in: 'test/evidence.test.ts', ...mutant }));
