const API = 'test/gateway.test.ts';
const ACCESS = 'test/gateway-access.test.ts';

/** @type {import('../../scripts/mutants.mjs').Mutant[]} */
export default [
  {
    name: 'a scope is not asked for',
    file: 'src/gateway/server.ts',
    from: 'if (!route.scopes.some((scope) => caller.scopes.has(scope))) {',
    to: 'if (false) {',
    in: ACCESS,
    test: 'a scope opens what the contract says, and nothing else',
  },
  {
    name: 'the audience of a token is not looked at',
    file: 'src/gateway/access-tokens.ts',
    from: '{ issuer, audience, algorithms',
    to: '{ issuer, algorithms',
    in: ACCESS,
    test: 'nobody is let in without a token, or with one that is garbage, over, or for another audience',
  },
  {
    name: "a caller lists other tenants' cases",
    file: 'src/gateway/routes/reading.ts',
    from: '        tenantId: caller.tenant,\n',
    to: '',
    in: ACCESS,
    test: "another tenant's cases are not there",
  },
  {
    name: 'an operator speaks for another',
    file: 'src/gateway/routes/operating.ts',
    from: "(proof !== undefined || own === '*' || own === named)",
    to: '(own !== undefined)',
    in: ACCESS,
    test: 'an operator is who their token says, and a stranger is none',
  },
  {
    name: 'a key with other content hears the first answer',
    file: 'src/lifecycle/answered.ts',
    from: "if (earlier.id !== id) return 'conflict';",
    to: '',
    in: API,
    test: 'one Idempotency-Key is one message, also after the case has ended',
  },
  {
    name: 'a message counts as often as it comes',
    file: 'src/workflows/inbox.ts',
    from: 'if (earlier) return letter.answered?.(earlier);',
    to: '',
    in: API,
    test: 'one Idempotency-Key is one message, also after the case has ended',
  },
  {
    name: 'an API key counts although its file has changed',
    file: 'src/gateway/api-keys.ts',
    from: 'if (!last?.content.equals(content)) last',
    to: 'if (!last) last',
    in: API,
    test: 'a key that was taken away opens nothing more',
  },
  {
    name: 'a gateway without credentials listens everywhere',
    file: 'src/gateway/server.ts',
    from: 'if (!credentials && !isLoopback(host)) {',
    to: 'if (false) {',
    in: API,
    test: 'without credentials it is for this machine only',
  },
];
