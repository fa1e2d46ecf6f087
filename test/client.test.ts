import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { OnboardingClient } from '../src/client/index.js';
import {
  ApplicationConflict,
  applicationJsonSchema,
  connectOnboarding,
  InvalidInput,
  CaseNotFound,
  NoAnswer,
  parseKeyRing,
  temporalSettings,
  WaitTimedOut,
  type IndividualInput,
  type OrganizationInput,
} from '../src/client/index.js';
import { applicationSchemas } from '../src/intake/application-schema.js';
import { faultsOf } from '../src/intake/faults.js';
import { transferSchema } from '../src/client/start-transfer.js';
import { visibilityQuery } from '../src/client/list.js';
import { EncryptingCodec } from '../src/temporal/payload-codec.js';
import { startTemporalServer, type TemporalServer } from '../dev/embedded/temporal-server.js';
import type { IndividualApplication } from '../src/contract/application.js';
import type { LifecycleKind } from '../src/lifecycle/phases.js';
import { KeyRingError, newKeyRingText } from '../src/secrets/key-ring.js';
import { isSealedText } from '../src/lifecycle/sealed.js';
import { fingerprint, seal, SealError, unseal } from '../src/secrets/seal.js';
import { ensureSearchAttributes } from '../src/temporal/search-attributes.js';
import { runEntry } from './helpers/command-line.js';

const EXAMPLES = fileURLToPath(new URL('../examples', import.meta.url));
const TENANT = 'tenant-1';
const PDF = Buffer.from('%PDF-1.4 a document\n%%EOF\n');

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'client-test-'));
});
after(() => rm(folder, { recursive: true }));

async function individual(): Promise<IndividualInput> {
  return JSON.parse(await readFile(join(EXAMPLES, 'individual.json'), 'utf8')) as IndividualInput;
}

async function organization(): Promise<OrganizationInput> {
  return JSON.parse(await readFile(join(EXAMPLES, 'organization.json'), 'utf8')) as OrganizationInput;
}

function faultPaths(kind: LifecycleKind, input: unknown): string[] {
  return faultsOf(applicationSchemas[kind].safeParse(input).error)
    .map(({ path }) => path)
    .sort();
}

describe('applications', () => {
  it('of the examples are taken as they are', async () => {
    assert.deepEqual(faultPaths('individual', await individual()), []);
    assert.deepEqual(faultPaths('organization', await organization()), []);
  });

  it('of an individual are refused with every fault and its path', async () => {
    const application = await individual();
    application.password = 'weak';
    application.person.phone = '860000101';
    application.person.nationality = 'QQ';
    application.origin.ipAddress = '300.1.1.1';
    application.payments!.beneficiaries![0]!.iban = 'LT717300010123456780';
    application.payments!.transfer!.beneficiary = 'nobody';
    application.payments!.transfer!.amount.value = '1.005';
    application.payments!.consent!.perDay.value = '400.00';
    application.documents![0]!.subject = 'nobody';
    const misspelt = { ...application, consent: application.consents, person: { ...application.person, age: 30 } };
    assert.deepEqual(
      [...new Set(faultPaths('individual', misspelt))],
      [
        'consent',
        'documents[0].subject',
        'origin.ipAddress',
        'password',
        'payments.beneficiaries[0].iban',
        'payments.consent.perDay.value',
        'payments.transfer.amount.value',
        'payments.transfer.beneficiary',
        'person.age',
        'person.nationality',
        'person.phone',
      ],
    );
  });

  it('of an organization follow the rules between their people', async () => {
    const application = await organization();
    application.shareholders[0]!.ownershipPercentage = '39.9999';
    application.shareholders[2] = { ...application.shareholders[2]!, companyName: undefined };
    application.employees[0]!.roles = ['EMPLOYEE'];
    application.directors[1]!.ref = application.employees[1]!.ref;
    application.consents!.acceptedBy = undefined as never;
    assert.deepEqual(faultPaths('organization', application), [
      'consents.acceptedBy',
      'documents[6].subject',
      'employees[0].roles',
      'employees[1].ref',
      'shareholders',
      'shareholders[2].companyName',
    ]);
  });

  it('add up shares exactly, where binary fractions would not', async () => {
    const application = await organization();
    const shares = ['33.3333', '33.3333', '33.3334'];
    application.shareholders.forEach((holder, index) => (holder.ownershipPercentage = shares[index]!));
    assert.deepEqual(faultPaths('organization', application), []);
  });

  for (const id of [
    'ruta@mail.example',
    '37060000101',
    'Ruta.Petraityte-1',
    'petraityte_ruta',
    'x-37060000101',
    'LT12-1000-0111-0100-1000',
    'ruta.petraityte_at_mail.example',
    'a/b',
  ]) {
    it(`are refused under the id ${id}, which is personal or no id`, async () => {
      const paths = faultPaths('individual', { ...(await individual()), applicationId: id });
      assert.deepEqual([...new Set(paths)], ['applicationId']);
    });
  }

  it('are refused with the reason where a payment reference is personal', async () => {
    const application = await organization();
    application.payments!.transfer!.reference = '37060000101';
    application.payments!.topUp!.reference = application.organization.email.replace('@', '-');
    assert.deepEqual(faultPaths('organization', application), [
      'payments.topUp.reference',
      'payments.transfer.reference',
    ]);
    const message = /looks like an e-mail address, a phone number, an IBAN or a name/;
    const fault = faultsOf(applicationSchemas.organization.safeParse(application).error)[0]!;
    assert.match(fault.message, message);
    for (const reference of ['37060000101', 'LT121000011101001000']) {
      assert.match(transferSchema.safeParse({ reference }).error!.issues[0]!.message, message);
    }
    assert.notEqual(transferSchema.safeParse({ reference: 'rent-2025-11' }).error!.issues[0]!.path[0], 'reference');
  });

  for (const id of ['ind-2025-0001', '2025-11-000123', 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6']) {
    it(`are taken under the id ${id}`, async () => {
      assert.deepEqual(faultPaths('individual', { ...(await individual()), applicationId: id }), []);
    });
  }

  it('know the decimals of their currency', async () => {
    const application = await individual();
    const { consent, transfer } = application.payments!;
    consent!.perTransaction = consent!.perDay = { value: '9000', currency: 'JPY' };
    transfer!.amount = { value: '25.5', currency: 'JPY' };
    assert.deepEqual(faultPaths('individual', application), ['payments.transfer.amount.value']);
  });

  it('are described by a JSON Schema', () => {
    const { properties } = applicationJsonSchema('organization') as { properties: Record<string, unknown> };
    assert.ok('shareholders' in properties && 'documents' in properties);
  });
});

describe('secrets', () => {
  const keyOf = () => randomBytes(32).toString('base64');
  const old = { '2025': keyOf() };
  const ring = (current: string, keys: Record<string, string>, mark?: string) =>
    parseKeyRing(JSON.stringify({ current, fingerprint: mark, keys }));

  it('come out as they went in, and differ each time they are sealed', () => {
    const keys = ring('2025', old);
    const sealed = seal(keys, 'Žodis-Nr.1!');
    assert.match(sealed, /^sealed:v1:2025:[A-Za-z0-9_-]+$/);
    assert.ok(isSealedText(sealed) && !isSealedText('Žodis-Nr.1!'));
    assert.equal(unseal(keys, sealed), 'Žodis-Nr.1!');
    assert.notEqual(seal(keys, 'Žodis-Nr.1!'), sealed);
  });

  it('stay readable after a rotation, and applications comparable', () => {
    const before = ring('2025', old);
    const after = ring('2026', { ...old, '2026': keyOf() }, '2025');
    assert.equal(unseal(after, seal(before, 'secret')), 'secret');
    assert.match(seal(after, 'secret'), /^sealed:v1:2026:/);
    assert.equal(fingerprint(after, 'content'), fingerprint(before, 'content'));
    assert.throws(() => unseal(before, seal(after, 'secret')), { name: 'KeyMissing' });
  });

  it('do not open when anything was changed', () => {
    const keys = ring('a', { a: keyOf(), b: keyOf() }, 'a');
    const sealed = seal(keys, 'secret');
    const [head, body] = [sealed.slice(0, sealed.lastIndexOf(':') + 1), sealed.slice(sealed.lastIndexOf(':') + 1)];
    const flipped = Buffer.from(body, 'base64url');
    flipped[14]! ^= 1;
    for (const text of [
      head + flipped.toString('base64url'),
      sealed.replace(':a:', ':b:'),
      sealed.replace(':a:', ':c:'),
      sealed.slice(0, -2),
      `${head}AAAA`,
      'plain',
    ]) {
      assert.throws(() => unseal(keys, text), text.includes(':c:') ? { name: 'KeyMissing' } : SealError);
    }
  });

  it('need a usable ring', () => {
    for (const text of ['', '[]', '{"current":"a","keys":{}}', `{"current":"b","keys":{"a":"${keyOf()}"}}`]) {
      assert.throws(() => parseKeyRing(text), KeyRingError);
    }
    assert.throws(() => ring('b', { a: keyOf(), b: keyOf() }), /fingerprint/);
  });
});

describe('the client on a Temporal server', () => {
  let server: TemporalServer;
  let client: OnboardingClient;
  let env: NodeJS.ProcessEnv;

  before(async () => {
    server = await startTemporalServer({ searchAttributes: {} });
    env = {
      PATH: process.env['PATH'],
      TEMPORAL_ADDRESS: server.address,
      TEMPORAL_CONFIG_FILE: join(folder, 'none.toml'),
      FINHUB_TENANT_ID: TENANT,
      ONBOARDING_KEYS: newKeyRingText(),
      DOCUMENT_STORE: join(folder, 'documents'),
    };
    client = await connectOnboarding({
      temporal: temporalSettings(env),
      keys: parseKeyRing(env['ONBOARDING_KEYS']!),
      documentStore: env['DOCUMENT_STORE']!,
      tenantId: TENANT,
      answerSeconds: 5,
      questionSeconds: 1,
    });
    const { connection } = client.temporal;
    await ensureSearchAttributes(connection, 'default');
    await ensureSearchAttributes(connection, 'default');
  });
  after(async () => {
    await client?.close();
    await server?.stop();
  });

  const withId = async (applicationId: string): Promise<IndividualInput> => ({
    ...(await individual()),
    applicationId,
  });

  it('starts one lifecycle however often and at the same time the same application comes', async () => {
    const application = await withId('same');
    const all = await Promise.all([1, 2, 3, 4, 5].map(() => client.startIndividual(application, { folder: EXAMPLES })));
    assert.equal(new Set(all.map(({ runId }) => runId)).size, 1);
    assert.equal(all.filter(({ alreadyRunning }) => !alreadyRunning).length, 1);
    assert.equal(all[0]!.workflowId, `individual/${TENANT}/same`);
  });

  it('refuses other content under the same id, be it a password or a document', async () => {
    const application = await withId('conflict');
    await client.startIndividual(application, { folder: EXAMPLES });
    for (const other of [
      { ...application, password: 'Kitas-Rytas-2025!' },
      { ...application, documents: [] },
      { ...application, documents: [{ type: 'PASSPORT', fileName: 'passport-ruta.pdf', content: PDF }] },
    ]) {
      await assert.rejects(client.startIndividual(other, { folder: EXAMPLES }), ApplicationConflict);
    }
  });

  it('finds the lifecycle of the same application after its end', async () => {
    const application = await withId('ended');
    const { workflowId, runId } = await client.startIndividual(application, { folder: EXAMPLES });
    await client.temporal.workflow.getHandle(workflowId).terminate();
    assert.deepEqual(await client.startIndividual(application, { folder: EXAMPLES }), {
      workflowId,
      runId,
      alreadyRunning: true,
      closed: true,
    });
    const late = await client.cancel(workflowId, { by: 'op-1', reason: 'too late' });
    assert.deepEqual([late.accepted, !late.accepted && late.refusal], [false, 'AlreadyFinal']);
    const { status, outcome } = await client.status(workflowId);
    assert.deepEqual([status, outcome?.result], ['aborted', 'aborted']);
  });

  it('hands documents over by reference and the password sealed', async () => {
    const { workflowId } = await client.startOrganization(await organization(), { folder: EXAMPLES });
    const history = await client.temporal.workflow.getHandle(workflowId).fetchHistory();
    const input = history.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads;
    const codec = new EncryptingCodec({ keys: parseKeyRing(env['ONBOARDING_KEYS']!), namespace: 'default' });
    const context = { type: 'workflow', namespace: 'default', workflowId } as const;
    const text = Buffer.from((await codec.decode(input!, context))[0]!.data!).toString();
    const { body } = JSON.parse(text) as { body: { application: IndividualApplication } };
    const { application } = body;
    assert.ok(isSealedText(application.password) && !text.includes('Zibintas'));
    assert.match(
      application.documents[0]!.documentId,
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    assert.equal(new Set(application.documents.map(({ documentId }) => documentId)).size, 8);
  });

  it('tells all faults of an application, its documents included, and starts nothing', async () => {
    const application = await withId('faulty');
    application.password = 'Short1!';
    application.documents = [
      { type: 'PASSPORT', file: 'documents/none.pdf' },
      { type: 'PASSPORT', file: 'signers.json' },
    ];
    await assert.rejects(client.startIndividual(application, { folder: EXAMPLES }), (error: Error) => {
      assert.ok(error instanceof InvalidInput);
      assert.deepEqual(
        error.faults.map(({ path }) => path),
        ['password', 'documents[0].file', 'documents[1].file'],
      );
      return true;
    });
    await assert.rejects(client.status('individual/faulty'), CaseNotFound);
  });

  it('reads no file unless told where', async () => {
    await assert.rejects(client.startIndividual(await withId('files')), /no files are read here/);
  });

  it('says so when no worker answers', async () => {
    const id = 'individual/same';
    assert.deepEqual(
      { ...(await client.status(id)), startedAt: '' },
      {
        stale: true,
        kind: 'individual',
        tenantId: TENANT,
        applicationId: 'same',
        status: 'running',
        phase: 'registration',
        outcome: null,
        startedAt: '',
        closedAt: null,
      },
    );
    await assert.rejects(client.caseView(id), NoAnswer);
    await assert.rejects(client.submitActivationCode(id, '123456'), NoAnswer);
    await assert.rejects(client.wait(id, 'done', { timeoutMs: 500 }), WaitTimedOut);
  });

  it('lists cases by their search attributes', async () => {
    const cases = await client.list({ kind: 'organization', tenantId: TENANT });
    assert.deepEqual(
      cases.map(({ workflowId, status }) => [workflowId, status]),
      [[`organization/${TENANT}/org-2025-0001`, 'running']],
    );
    assert.deepEqual(await client.list({ forOperators: true }), []);
    const hostile = "x' OR WorkflowId != '";
    assert.deepEqual(await client.list({ tenantId: hostile }), []);
    assert.ok(visibilityQuery({ tenantId: hostile }, new Date()).includes("x\\' OR"));
  });

  it('is what the command lines show, with an exit code for each kind of end', async () => {
    const id = 'individual/same';
    const ends: ['starter' | 'operator', string[], number][] = [
      ['starter', ['individual', join(EXAMPLES, 'individual.json')], 0],
      ['starter', ['individual', join(EXAMPLES, 'individual.json'), '--ids-within', '1'], 0],
      ['starter', ['individual', join(EXAMPLES, 'signers.json')], 2],
      ['starter', ['bogus'], 2],
      ['starter', ['cancel', 'individual/ended', '--by', 'x', '--reason', 'late'], 3],
      ['starter', ['status', 'individual/nobody'], 4],
      ['starter', ['wait', id, '--for', 'done', '--timeout', '1'], 5],
      ['operator', ['queue', '--all'], 0],
      ['operator', ['decide', id, '--as', 'op-1'], 2],
    ];
    await Promise.all(
      ends.map(async ([entry, args, expected]) => {
        const { code, stdout } = await runEntry(entry, [...args, '--json'], env);
        assert.equal(code, expected, `${entry} ${args.join(' ')}`);
        JSON.parse(stdout);
      }),
    );
  });
});
