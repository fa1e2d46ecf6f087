/**
 * One cause is one alarm, and nothing in the way of the main thread.
 * @type {import('../../scripts/mutants.mjs').Mutant[]}
 */
export default [
  {
    name: "a refused login of the service is the case's own matter",
    file: 'src/finhub/sessions.ts',
    from: 'if (service) throw this.#logins.failed(service, error);',
    to: 'if (service) this.#logins.failed(service, error);',
    in: 'test/one-cause.test.ts',
    test: 'a wrong admin password for a while: no open review needs attention, all go on, one alarm goes up and down',
  },
  {
    name: 'an alarm is never taken back',
    file: 'src/worker/alarms.ts',
    from: 'if (!this.#raised.delete(cause)) return;',
    to: 'if (cause.length > 0) return;',
    in: 'test/one-cause.test.ts',
    test: 'a wrong admin password for a while: no open review needs attention, all go on, one alarm goes up and down',
  },
  {
    name: 'a document that another store lacks is missing for good',
    file: 'src/store/watched-store.ts',
    from: '      await check();\n      throw error;',
    to: '      throw error;',
    in: 'test/one-cause.test.ts',
    test: 'a document store that is another one for a while: cases wait, nothing is called missing, one alarm',
  },
  {
    name: 'nobody compares key rings',
    file: 'src/temporal/sharing.ts',
    from: 'if (ring !== undefined && ring !== own.ring)',
    to: "if (ring === '')",
    in: 'test/one-cause.test.ts',
    test: 'who has another key ring or store starts and tells nothing, and hears what helps',
  },
  {
    name: 'the codec server looks at the token after the body',
    file: 'src/codec/server.ts',
    from: "{ onRequest: admit('read') }",
    to: "{ preHandler: admit('read') }",
    in: 'test/codec.test.ts',
    test: 'who has no token costs the codec server no memory, however much they send; bodies at work are bounded',
  },
  {
    name: 'S3 is reached past the proxy',
    file: 'src/store/s3-blobs.ts',
    from: 'new S3Client({ ...config, requestHandler: { httpAgent: agent, httpsAgent: agent } })',
    to: 'new S3Client(config)',
    in: 'test/proxy.test.ts',
    test: 'documents in S3 and traces go through the proxy that is set, but for hosts of NO_PROXY',
  },
];
