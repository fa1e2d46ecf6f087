import { signersText } from './helpers/signers.js';
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { callInputSchema, planCall, type HandCallRequest } from '../src/client/hand-call.js';
import { startCall } from '../src/client/start-call.js';
import { ApplicationConflict, InvalidInput } from '../src/client/index.js';
import { CATALOGUE } from '../src/finhub/catalogue/index.js';
import { endpointByHand, OPERATIONS_BY_HAND } from '../src/finhub/by-hand.js';
import { secretInputOf } from '../src/finhub/endpoint.js';
import { OTHER_SANDBOX_TENANT, SANDBOX_TENANT } from '../sandbox/fixtures.js';
import { newKeyRingText, parseKeyRing } from '../src/secrets/key-ring.js';
import { isSealedText } from '../src/lifecycle/sealed.js';
import { seal } from '../src/secrets/seal.js';
import { openDocumentStore } from '../src/store/open-store.js';
import { anIndividual } from './helpers/applications.js';
import type { Lane } from './helpers/lane.js';
import { madeTwice } from './helpers/finhub.js';
import { SandboxClient } from './helpers/sandbox-client.js';
import { startTimeSkipping, type TimeSkipping } from './helpers/time-skipping.js';

const OPERATORS = [
  { id: 'tina', level: 'TENANT', tenants: ['*'] },
  { id: 'pia', level: 'POWER_TENANT', tenants: ['*'] },
  { id: 'pete', level: 'POWER_TENANT', tenants: [SANDBOX_TENANT.id] },
  { id: 'olga', level: 'POWER_TENANT', tenants: [OTHER_SANDBOX_TENANT.id] },
];

const director = (organizationId: string, email = 'ona@example.com') => ({
  organizationId,
  person: {
    ...{ firstName: 'Ona', lastName: 'Kazlauskaite', email, phone: '+37060000001', dateOfBirth: '1985-02-03' },
    ...{
      nationality: 'LT',
      address: { street: 'Gedimino pr. 1', city: 'Vilnius', postalCode: '01103', country: 'LT' },
    },
  },
  position: 'CEO',
  directorType: 'MANAGING',
  isPEP: false,
});

describe('a call by hand', () => {
  let time: TimeSkipping;
  let folder: string;
  let lane: Lane;
  let finhub: SandboxClient;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'finhub-onboarding-test-'));
    const file = join(folder, 'signers.json');
    await writeFile(file, signersText(OPERATORS));
    time = await startTimeSkipping();
    const withoutLegacy = { FINHUB_API_KEY: undefined, FINHUB_LEGACY_BASE_URL: undefined };
    lane = await time.lane({ env: { SIGNERS_FILE: file, FINHUB_TIMEOUT_MS: '1000', ...withoutLegacy } });
    finhub = new SandboxClient(lane.finhub.url);
  });
  after(async () => {
    await time.stop();
    await rm(folder, { recursive: true });
  });

  const byPia = (operation: string, input: unknown, more: Partial<HandCallRequest> = {}): HandCallRequest => ({
    ...{ operation, input, by: 'pia', reason: 'left out of the application' },
    ...more,
  });
  const writes = async () => (await lane.finhub.requests()).filter(({ operation }) => !operation.startsWith('GET'));

  test('whose answer is lost takes effect once, and asked for twice it is one call', async () => {
    const { id } = await finhub.organization();
    const path = CATALOGUE.addDirector.path;
    await lane.finhub.inject({ method: 'POST', path, kind: 'drop' });
    const call = await lane.callByHand(byPia('addDirector', director(id)));
    const { result } = await lane.closed(call);
    assert.equal(result, 'completed');
    assert.equal(await lane.finhub.faultsAreSpent(), true);

    const view = await lane.client.caseView(call);
    const made = (await lane.finhub.ledger()).filter(({ kind }) => kind === 'director');
    assert.deepEqual(view.call?.provenance?.how, 'adopted');
    assert.deepEqual([made.length, made[0]?.count], [1, 1]);
    assert.ok(made[0]!.made.includes((view.call.answer as { recordId: string }).recordId));

    const again = await lane.callByHand(byPia('addDirector', director(id), { by: 'pete', reason: 'once more' }));
    assert.equal(again, call);
    assert.deepEqual(madeTwice(await lane.finhub.ledger()), []);
    await assert.rejects(
      lane.callByHand(
        byPia('addDirector', director(id, 'rasa@example.com'), { callId: call.split('addDirector-')[1] }),
      ),
      ApplicationConflict,
    );

    const audit = await lane.client.audit(call);
    const events: string[] = audit.map(({ event }) => event);
    for (const event of ['callAsked', 'callPermitted', 'triedAgain', 'adopted', 'ended']) {
      assert.ok(events.includes(event), `${event} is not in ${events.join()}`);
    }
    const asked = audit.find(({ event }) => event === 'callAsked');
    assert.deepEqual(
      [asked?.by, asked?.data],
      ['pia', { operation: 'addDirector', reason: 'left out of the application' }],
    );
  });

  test('is refused to strangers, to operators of other tenants, and where it takes more rights', async () => {
    const { id } = await finhub.organization();
    const before = (await writes()).length;
    const outcome = async (request: HandCallRequest) => {
      const { result, reason } = await lane.closed(await lane.callByHand(request));
      return `${result}: ${reason}`;
    };
    const asks = (by: string) => outcome(byPia('addDirector', director(id), { by, callId: `by-${by}` }));
    assert.match(await asks('nobody'), /^rejected: UnknownOperator/);
    assert.match(await asks('olga'), /^rejected: WrongTenant/);
    assert.match(await asks('tina'), /^rejected: LevelInsufficient/);
    const decision = { verificationId: 'v', customerId: id, organization: true, status: 'APPROVED', comment: 'c' };
    assert.match(await outcome(byPia('decideVerificationAtFinHub', decision)), /^rejected: NotAllowed/);
    assert.equal((await writes()).length, before);
  });

  test('that only reads takes any operator of the tenant, and is made anew each time', async () => {
    const { id } = await finhub.organization();
    const list = byPia('listDirectors', { organizationId: id }, { by: 'tina', reason: 'the customer asks' });
    const first = await lane.callByHand(list);
    assert.equal((await lane.closed(first)).result, 'completed');
    assert.deepEqual((await lane.client.caseView(first)).call?.answer, { people: [], whole: true });
    assert.notEqual(await lane.callByHand(list), first);
  });

  test('for a tenant that the worker does not serve comes to nothing', async () => {
    const keys = parseKeyRing(newKeyRingText());
    const other = { keys, tenantId: OTHER_SANDBOX_TENANT.id };
    const planned = await planCall(other, byPia('listDirectors', { organizationId: 'o' }));
    const store = await openDocumentStore(folder, keys);
    const { workflowId } = await startCall({ temporal: lane.temporal, store }, planned);
    const { result, reason } = await lane.closed(workflowId);
    assert.match(`${result}: ${reason}`, /^failed: FinHubForbidden: this worker has no credentials/);
  });

  test('that FinHub refuses ends with what FinHub said', async () => {
    const id = await lane.callByHand(byPia('addDirector', director('no-such-organization')));
    const { result, reason } = await lane.closed(id);
    assert.match(`${result}: ${reason}`, /^failed: FinHub(NotFound|InvalidRequest)/);
  });

  test('of which nobody can tell whether it took effect waits for a person', async () => {
    const { id: customerId } = await finhub.individual();
    const path = CATALOGUE.initiateVerification.path;
    await lane.finhub.inject({ method: 'POST', path, kind: 'drop' });
    const call = await lane.callByHand(byPia('initiateVerification', { customerId }));
    const { requirements } = await lane.until(call, 'attention', ({ status }) => status === 'needsAttention');
    assert.deepEqual(requirements, []);
    const { attention } = await lane.client.caseView(call);
    assert.equal(attention?.failure, 'FinHubUnclear');
    const resolution = { attentionId: attention.attentionId, action: 'abort', by: 'tina' } as const;
    assert.equal((await lane.client.resolveAttention(call, resolution)).accepted, true);
    assert.equal((await lane.closed(call)).result, 'aborted');
    const verifications = (await lane.finhub.ledger()).filter(({ kind }) => kind === 'verification');
    assert.deepEqual(
      verifications.map(({ count }) => count),
      [1],
    );
  });

  test('that FinHub refuses after an unclear try waits for a person, too', async () => {
    const { person, password, categorization } = await anIndividual();
    const { parameters } = categorization!;
    const features = [{ id: 'f', code: 'RISK', keys: Object.keys(parameters) }];
    const category = { id: 'fs-cat-b2c-medium-001', name: 'Individual', features, parameters };
    await lane.finhub.inject({ method: 'POST', path: CATALOGUE.registerIndividual.path, kind: 'drop' });
    const call = await lane.callByHand(byPia('registerIndividual', { person, password, category }));
    await lane.until(call, 'attention', ({ status }) => status === 'needsAttention');
    const { attention } = await lane.client.caseView(call);
    assert.equal(attention?.failure, 'FinHubConflict');
  });

  test('that executes an order takes a second operator of level POWER_TENANT', async () => {
    const payer = await finhub.payer();
    await lane.finhub.credit(payer.accountId, '100.00');
    const preparedOrderId = (await finhub.prepare(payer, '2500', { reference: 'by-hand' })).text(
      'data.preparedOrderId',
    );
    const { accountId, consentId, answer: authenticationCode } = payer;
    const order = { accountId, type: 'transfer', preparedOrderId, consentId, authenticationCode };
    const call = await lane.callByHand(byPia('executeOrder', order));
    for (const by of ['pia', 'tina', 'pete']) {
      const attention = await lane.until(call, `to ask before ${by}`, ({ status }) => status === 'needsAttention');
      assert.equal(attention.outcome, null);
      const { attentionId, failure } = (await lane.client.caseView(call)).attention!;
      assert.equal(failure, 'SecondPersonNeeded');
      assert.equal((await lane.client.resolveAttention(call, { attentionId, action: 'retry', by })).accepted, true);
    }
    assert.equal((await lane.closed(call)).result, 'completed');
    const events = (await lane.client.audit(call)).map(({ event, by }) => `${event} ${by}`);
    assert.deepEqual(
      events.filter((event) => event.startsWith('secondPerson')),
      ['secondPersonRefused pia', 'secondPersonRefused tina', 'secondPersonAgreed pete'],
    );
    assert.equal(await lane.finhub.isBalanced(), true);
  });

  test('attaches a document that goes through the store', async () => {
    const party = await finhub.individual();
    const initiated = await finhub.post(`${party.base}/verification/initiate`, party.token);
    const verificationId = initiated.text('data.verificationId');
    const document = { type: 'PASSPORT', file: 'documents/passport-ona.png' };
    const upload = byPia('uploadDocument', { verificationId, customerId: party.id, organization: false, document });
    const call = await lane.callByHand(upload);
    assert.equal((await lane.closed(call)).result, 'completed');
    assert.match((await lane.client.caseView(call)).call?.answer?.['documentId' as never] ?? '', /./);
  });
});

describe('planning a call', () => {
  const keys = parseKeyRing(newKeyRingText());
  const plan = (operation: string, input: unknown, more: Partial<HandCallRequest> = {}) =>
    planCall({ keys, tenantId: 'tenant-1' }, { operation, input, by: 'op-2', reason: 'test', ...more });
  const faults = async (work: () => unknown): Promise<string[]> => {
    try {
      await work();
    } catch (error) {
      assert.ok(error instanceof InvalidInput, String(error));
      return error.faults.map(({ path, message }) => `${path}: ${message}`);
    }
    return [];
  };

  test('an unknown operation is refused with names that are near', async () => {
    assert.match((await faults(() => plan('addDirectr', {})))[0]!, /did you mean addDirector/);
    assert.match(
      (await faults(() => plan('shareholder', {})))[0]!,
      /addShareholder, listShareholders, removeShareholder/,
    );
    assert.match((await faults(() => plan('openAdminSession', {})))[0]!, /each worker opens/);
    assert.match((await faults(() => callInputSchema('constructor')))[0]!, /no such operation/);
  });

  test('an input that does not fit is refused with every fault', async () => {
    const { person: _, ...wrong } = { ...director('org-1'), isPEP: 'no', colour: 'blue' };
    const found = await faults(() => plan('addDirector', wrong, { reason: '', callId: 'a/b' }));
    const paths = found.map((fault) => fault.split(':')[0]).sort();
    assert.deepEqual(paths, ['callId', 'colour', 'isPEP', 'person', 'reason']);
    assert.deepEqual(await faults(() => plan('activateIndividual', { customerId: 'c', code: '123456' })), [
      'email: is missing',
    ]);
    assert.deepEqual(await faults(() => plan('listDirectors', null)).then((all) => all.length), 1);
  });

  test('secrets are sealed in what is started, and left out of what is shown', async () => {
    const planned = await plan('executeOrder', {
      ...{ accountId: 'a', type: 'transfer', preparedOrderId: 'o', authenticationCode: 'the-secret-code' },
    });
    assert.equal(JSON.stringify(planned).includes('the-secret-code'), false);
    assert.ok(isSealedText((planned.call.input as { authenticationCode: string }).authenticationCode));
    assert.deepEqual(planned.sent, {
      ...{ method: 'POST', host: 'main', path: '/api/v2.1/fintrans/a/types/transfer/execute', class: 'keyed' },
      body: {
        ...{ preparedOrderId: 'o', authenticationCode: '(secret)' },
        consentConfirmation: { channel: 'WEB', confirmed: true, confirmationMethod: 'EXPLICIT' },
      },
    });
  });

  test('a sealed text is taken where a secret belongs, and nowhere else', async () => {
    const sealed = seal(keys, 'a password out of some history');
    const order = { accountId: 'a', type: 'transfer', preparedOrderId: 'o' };
    assert.deepEqual(await faults(() => plan('executeOrder', { ...order, authenticationCode: sealed })), []);
    const changes = { contact: { phone: sealed } };
    assert.deepEqual(await faults(() => plan('updateLegacyProfile', { profileId: 'p', changes })), [
      'changes.contact.phone: no sealed text belongs here',
    ]);
  });

  test('every field that holds a secret is known as one', () => {
    type Form = { properties?: object; anyOf?: Form[] };
    const fieldsOf = ({ properties = {}, anyOf = [] }: Form): string[] => [
      ...Object.keys(properties),
      ...anyOf.flatMap(fieldsOf),
    ];
    let secrets = 0;
    for (const operation of OPERATIONS_BY_HAND) {
      const fields = fieldsOf(callInputSchema(operation) as Form);
      const secret = new Set(fields.filter((name) => /password|^code$|authenticationCode|secret|captcha/i.test(name)));
      assert.deepEqual([...secret], secretInputOf(endpointByHand(operation)!), operation);
      secrets += secret.size;
    }
    assert.ok(secrets >= 6);
  });
});
