const IN = 'test/text.test.ts';

/** @type {import('../../scripts/mutants.mjs').Mutant[]} */
export default [
  {
    name: 'text may hold what reorders it',
    file: 'src/contract/text.ts',
    from: "  if (FORMAT.test(text.replaceAll(JOINERS, ''))) {",
    to: "  if (FORMAT.test('')) {",
    in: IN,
    test: 'text from outside',
  },
  {
    name: 'a user agent may hold any letter',
    file: 'src/contract/text.ts',
    from: '/^[\\x20-\\x7e]*$/.test(text)',
    to: '/^[^]*$/.test(text)',
    in: IN,
    test: 'that becomes a header is printable ASCII, at every door',
  },
  {
    name: 'what an operator sees of a case is not escaped',
    file: 'src/cli/program.ts',
    from: 'text(shown(result))',
    to: 'text(result)',
    in: IN,
    test: 'is escaped in what an operator sees of a case: file names, notes, reasons',
  },
  {
    name: 'a faulty correction is taken',
    file: 'src/lifecycle/correction.ts',
    from: '  if (faulty) {',
    to: '  if (faulty && false) {',
    in: IN,
    test: 'a correction',
  },
  {
    name: 'a request that cannot be built counts against the host',
    file: 'src/finhub/transport.ts',
    from: 'if (isOurFault(error)) return',
    to: 'if (error === undefined) return',
    in: IN,
    test: 'a request that cannot be built',
  },
  {
    name: 'a document names anybody',
    file: 'src/lifecycle/document-rules.ts',
    from: 'subject !== undefined && !known.includes(subject)',
    to: 'subject === undefined && !known.includes(subject!)',
    in: IN,
    test: 'documents of a case',
  },
  {
    name: 'a link leads out of the folder',
    file: 'src/client/document-file.ts',
    from: '    if (!isInside(root, target)) {',
    to: '    if (!isInside(target, target)) {',
    in: IN,
    test: 'files that an application names',
  },
];
