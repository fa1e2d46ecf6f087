const IN = 'test/registered-ids.test.ts';

/** @type {import('../../scripts/mutants.mjs').Mutant[]} */
export default [
  {
    name: 'whoever waits for the ids keeps the case from its next run',
    file: 'src/workflows/messages.ts',
    from: ' || theCase.isLong',
    to: '',
    in: IN,
    test: 'outlives who gave up or was killed, and the run that was asked',
  },
  {
    name: 'whoever waits for the ids of a cancelled case waits in vain',
    file: 'src/workflows/messages.ts',
    from: 'isOver() || theCase.isCancelled)',
    to: 'isOver())',
    in: IN,
    test: 'ends with the lifecycle, be it ended by a message',
  },
  {
    name: 'each wait for the ids is an Update of its own',
    file: 'src/client/registered-ids.ts',
    from: ', { updateId: AWAIT_REGISTRATION }',
    to: '',
    in: IN,
    test: 'however often and at the same time the same application comes, it is one registration and one Update',
  },
  {
    name: 'the ids of a lifecycle that has ended are not read',
    file: 'src/client/registered-ids.ts',
    from: 'const ids = !status || status.stale ? null : registeredIds(status.ids);',
    to: 'const ids = null;',
    in: IN,
    test: 'of an application whose lifecycle has ended reads them from it, also where nobody asked before',
  },
];
