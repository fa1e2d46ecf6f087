import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import type { JWK } from 'jose';
import { approverActivities } from '../src/activities/approvers.js';
import { Judge } from '../src/activities/judge.js';
import type { Application } from '../src/contract/application.js';
import type { SentCorrection } from '../src/lifecycle/case-state.js';
import { bodyHash, START, startBody, type Signable } from '../src/lifecycle/proof-rules.js';
import type { TransferOrder } from '../src/lifecycle/transfer.js';
import type { ApproversWarrant, OrderWarrant } from '../src/lifecycle/warrants.js';
import type { Policies } from '../src/policies/policy-file.js';
import { signEnvelope } from '../src/proof/envelope.js';
import { makeSigningKey, readSigningKey } from '../src/proof/key-pair.js';
import { signersFile } from '../src/proof/signers-file.js';
import { newKeyRingText, parseKeyRing } from '../src/secrets/key-ring.js';
import { approverNotes, type ApproverNotes } from '../src/store/approver-notes.js';
import { folderBlobs } from '../src/store/folder-blobs.js';
import { anOrganization } from './helpers/applications.js';
import { TEMPORAL } from './helpers/began.js';

const TENANT = 't';
const KEYS = parseKeyRing(newKeyRingText());
const ACCOUNT = { tenantId: TENANT, accountId: 'w1' };
const ANKE = { ref: 'employee-anke', email: 'anke@mail.example' };
const CAROL = { ref: 'carol', email: 'carol@mail.example' };

let folder: string;
let notes: ApproverNotes;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'approvers-test-'));
  notes = approverNotes(folderBlobs(folder), KEYS);
});
afterEach(() => rm(folder, { recursive: true }));

const filesOfNotes = async (): Promise<string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('-approvers'))
    .map(({ parentPath, name }) => join(parentPath, name));
};

describe('the note of who approves', () => {
  test('is there for whoever opens the same store later, of that account alone, and unreadable without the keys', async () => {
    assert.equal(await notes.of(ACCOUNT), undefined);
    assert.equal(await notes.note(ACCOUNT, { lifecycle: 'a', approvers: [ANKE] }), true);
    assert.deepEqual((await approverNotes(folderBlobs(folder), KEYS).of(ACCOUNT))?.approvers, [ANKE]);
    assert.equal(await notes.of({ ...ACCOUNT, tenantId: 'other' }), undefined);
    assert.equal(await notes.of({ ...ACCOUNT, accountId: 'w2' }), undefined);
    const [file] = await filesOfNotes();
    assert.ok(!(await readFile(file!)).includes('anke'));
  });

  test('changes by the onboarding that wrote it, and by no other', async () => {
    await notes.note(ACCOUNT, { lifecycle: 'a', approvers: [ANKE] });
    assert.equal(await notes.note(ACCOUNT, { lifecycle: 'a', approvers: [ANKE, CAROL] }), true);
    assert.equal(await notes.note(ACCOUNT, { lifecycle: 'b', approvers: [] }), false);
    assert.equal(await notes.note(ACCOUNT, { lifecycle: 'b', approvers: [ANKE, CAROL] }), true, 'it says the same');
    assert.deepEqual((await notes.of(ACCOUNT))?.approvers, [ANKE, CAROL]);
  });

  test('of two onboardings at once is that of one', async () => {
    const both = await Promise.all(
      ['a', 'b'].map((lifecycle) => notes.note(ACCOUNT, { lifecycle, approvers: lifecycle === 'a' ? [ANKE] : [] })),
    );
    assert.deepEqual([...both].sort(), [false, true]);
  });
});

/* Who says so, and who is asked: by what was signed, not by what a case remembers. */
describe('an organization whose application names an approver', () => {
  const LIFECYCLE = 'organization/t/a1';
  const TRANSFER = 'transfer/t/rent';
  let application: Application;
  let key: JWK;
  let judge: Judge;

  beforeEach(async () => {
    const input = await anOrganization({ payments: { approvers: ['employee-anke'] } });
    application = { ...input, tenantId: TENANT, submittedBy: 'backend', documents: [] } as unknown as Application;
    const keys = [{ publicKey: await makeSigningKey(join(folder, 'key')) }];
    key = await readSigningKey(join(folder, 'key'));
    const file = join(folder, 'signers.json');
    await writeFile(
      file,
      JSON.stringify({ version: 1, signers: [{ id: 'backend', role: 'client', tenants: [TENANT], keys }] }),
    );
    const signers = await signersFile(file);
    judge = new Judge({
      ...{ signers, policies: {} as Policies, approvers: notes, environment: 'default', requireProof: true },
    });
  });

  const sign = (workflowId: string, message: Signable, body: unknown, actor: string): Promise<string> =>
    signEnvelope(
      { signerId: 'backend', key },
      {
        ...{ audience: 'default/default', tenant: TENANT, workflowId, message, bodyHash: bodyHash(body), actor },
        instance: message === START ? undefined : 'first',
      },
    );
  const inCase = <T>(workflowId: string, work: () => Promise<T>): Promise<T> =>
    new MockActivityEnvironment(
      { workflowExecution: { workflowId, runId: 'r' } },
      { client: TEMPORAL, logger: new DefaultLogger('ERROR') },
    ).run(work);

  const beginning = async (change: object = {}): Promise<ApproversWarrant['beginning']> => ({
    ...{ workflowId: LIFECYCLE, subject: application, corrections: [] },
    proof: await sign(LIFECYCLE, START, startBody(application), 'backend'),
    ...change,
  });
  const correction = async (ref: string, proof?: string): Promise<SentCorrection> => {
    const body = { correctedBy: 'backend', patch: { payments: { approvers: [ref] } } } as SentCorrection['body'];
    return { body, proof: proof ?? (await sign(LIFECYCLE, 'correctApplication', body, 'backend')) };
  };
  const note = async (change: object = {}, workflowId = LIFECYCLE): Promise<void> => {
    const purpose = { tenantId: TENANT, key: `${LIFECYCLE}/noteApprovers`, requestedAt: '' };
    const warrant = { for: 'approvers', requireProof: false, beginning: await beginning(change) } as const;
    const activities = approverActivities(judge, notes);
    await inCase(workflowId, () => activities.noteApprovers({ input: { accountId: 'w1' }, for: purpose, warrant }));
  };
  const noted = async (): Promise<string[] | undefined> => (await notes.of(ACCOUNT))?.approvers.map(({ ref }) => ref);

  test('has them noted, as it was signed and corrected', async () => {
    await note();
    assert.deepEqual(await noted(), ['employee-anke']);
    await note({ corrections: [await correction('employee-milda')] });
    assert.deepEqual(await noted(), ['employee-milda']);
  });

  test('has nobody else noted', async () => {
    const unsigned = { ...application, payments: undefined };
    await assert.rejects(note({ subject: unsigned }), /start: /);
    await assert.rejects(note({ proof: undefined }), /start: it has no proof/);
    await assert.rejects(note({ corrections: [await correction('employee-milda', 'forged')] }), /correctApplication: /);
    await assert.rejects(note({}, 'organization/t/another'), /of another case/);
    assert.equal(await noted(), undefined);
    await note();
    application = { ...application, payments: { ...application.payments, approvers: [] } } as Application;
    await assert.rejects(
      note(
        {
          workflowId: 'organization/t/a2',
          proof: await sign('organization/t/a2', START, startBody(application), 'backend'),
        },
        'organization/t/a2',
      ),
      /another onboarding/,
    );
    assert.deepEqual(await noted(), ['employee-anke']);
  });

  const order: TransferOrder = {
    ...{ reference: 'rent', tenantId: TENANT, customerId: 'c', accountId: 'w1', beneficiaryIban: 'LT1' },
    ...{ amount: { value: '1.00', currency: 'EUR' }, description: 'Rent', confirmation: false, submittedBy: 'backend' },
    origin: { ipAddress: '127.0.0.1', userAgent: 'x' },
  };
  /** What keeps the order from being executed, or undefined. */
  const refusal = async (by?: string, submittedBy = 'backend'): Promise<string | undefined> => {
    const subject = { ...order, submittedBy };
    const body = { by: by!, verdict: 'approve' } as const;
    const warrant: OrderWarrant = {
      ...{ for: 'order', requireProof: true, order: { type: 'transfer', reference: 'rent', accountId: 'w1' } },
      beginning: {
        ...{ workflowId: TRANSFER, subject, corrections: [] },
        proof: await sign(TRANSFER, START, startBody(subject), submittedBy),
      },
      decision: by === undefined ? undefined : { body, proof: await sign(TRANSFER, 'decideTransfer', body, by) },
    };
    return inCase(TRANSFER, () => judge.order(TENANT, { accountId: 'w1', preparedOrderId: 'p' }, warrant)).then(
      () => undefined,
      (error: unknown) => (error as Error).message,
    );
  };

  test('pays what its approver has approved', async () => {
    await note();
    assert.equal(await refusal('employee-anke'), undefined);
    assert.match(String(await refusal()), /no approver has approved/);
    assert.match(String(await refusal('employee-milda')), /may not approve/);
    assert.match(String(await refusal('employee-anke', 'employee-anke')), /who asked for the transfer/);
  });

  test('pays nothing while no onboarding has named its approvers, or the note was changed', async () => {
    assert.match(String(await refusal('employee-anke')), /no onboarding/);
    await note();
    const [file] = await filesOfNotes();
    const content = await readFile(file!);
    content[content.length - 1]! ^= 1;
    await writeFile(file!, content);
    assert.match(String(await refusal('employee-anke')), /was changed/);
  });

  test('pays without anybody where it names none', async () => {
    application = { ...application, payments: { ...application.payments, approvers: [] } } as Application;
    await note();
    assert.equal(await refusal(), undefined);
  });
});
