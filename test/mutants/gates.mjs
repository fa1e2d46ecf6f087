const IN = 'test/phase-rules.test.ts';

/** @type {import('../../scripts/mutants.mjs').Mutant[]} */
export default [
  {
    name: "nobody looks at an organization's roles",
    file: 'src/lifecycle/case-rules.ts',
    from: 'return checks.filter(([holds]) => !holds)',
    to: 'return checks.filter(() => false)',
    in: IN,
    test: 'may lack a director, which is told',
  },
  ...[
    ['[a-z]', 'a lower-case letter', 'from a to z'],
    ['[A-Z]', 'an upper-case letter', 'from A to Z'],
    ['[0-9]', 'a digit', 'from 0 to 9'],
  ].map(([pattern, what, of]) => ({
    name: `a password needs not have ${what}`,
    file: 'src/intake/field-schemas.ts',
    from: `.regex(/${pattern}/, { error: '${what} ${of} is missing' })`,
    to: '',
    in: IN,
    test: `without ${what} is refused`,
  })),
  {
    name: 'phases are expected to last 50,000 minutes',
    file: 'src/lifecycle/status.ts',
    from: 'took > expectedMinutes * 60_000',
    to: 'took > 50_000 * 60_000',
    in: IN,
    test: "after the time that FinHub's timeline names: personnel of an organization",
  },
  {
    name: "v1's details are not read",
    file: 'src/finhub/answer.ts',
    from: ", top['details']]",
    to: ']',
    in: 'test/finhub-client.test.ts',
    test: "a refusal says which fields are wrong: v1's details",
  },
  {
    name: 'calls do not ask for JSON',
    file: 'src/finhub/client.ts',
    from: "      accept: 'application/json',\n",
    to: '',
    in: 'test/finhub-client.test.ts',
    test: 'every call asks for JSON',
  },
  {
    name: "the sandbox's handlers break",
    file: 'src/sandbox/dispatch.ts',
    from: 'const answer: Answer = route.handle(call);',
    to: "if (route.method === 'PUT') throw new Error('broken');\n  const answer: Answer = route.handle(call);",
    in: 'test/endpoints.test.ts',
    test: 'every endpoint of the catalogue is served by the sandbox: its handler answers, and does not break',
  },
  {
    name: 'nobody watches whether phases go back',
    file: 'test/helpers/phase-watch.ts',
    from: 'ORDER[is] < ORDER[was]',
    to: 'false',
    in: 'test/clocks.test.ts',
    test: 'a phase that goes back is seen, in every test that looks at a status',
  },
];
