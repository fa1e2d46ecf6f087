const together = (what) => `${what}: looked up at once where nothing else goes on, and replayed to the same steps`;

/** @type {import('../../scripts/mutants.mjs').Mutant[]} */
export default [
  {
    name: 'a decision is looked up at once while another message is answered',
    file: 'src/workflows/case.ts',
    from: ' && this.answering === 1 && !cancelRequest',
    to: ' && !cancelRequest',
    in: 'test/at-once.test.ts',
    test: together('somebody takes the case on, and decides'),
  },
  {
    name: 'the case goes on while a decision is looked up at once',
    file: 'src/workflows/case.ts',
    from: 'if (this.#lookingUp) await CancellationScope',
    to: "if (this.state.kind === 'transfer') await CancellationScope",
    in: 'test/at-once.test.ts',
    test: together('a decision, and a cancellation'),
  },
];
