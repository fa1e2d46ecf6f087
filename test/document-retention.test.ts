import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { DocumentReference } from '../src/contract/application.js';
import { retentionPlan } from '../src/lifecycle/document-retention.js';
import { DOCUMENT_RETENTION, documentRetentionId, TASK_QUEUE } from '../src/lifecycle/ids.js';
import { SANDBOX_TENANT } from '../sandbox/fixtures.js';
import { documentIdOf } from '../src/store/document-id.js';
import { anIndividual } from './helpers/applications.js';
import { eventually } from './helpers/eventually.js';
import type { Lane } from './helpers/lane.js';
import { startTimeSkipping, type TimeSkipping } from './helpers/time-skipping.js';

const DAY = 24 * 3600_000;
const KEPT_DAYS = 10;

describe('the documents of a case that has ended', { timeout: 1_200_000 }, () => {
  let folder: string;
  let time: TimeSkipping;
  let lane: Lane;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'document-retention-test-'));
    const POLICY_FILE = join(folder, 'policy.json');
    await writeFile(POLICY_FILE, JSON.stringify({ default: { documents: { keptDays: KEPT_DAYS } } }));
    time = await startTimeSkipping();
    lane = await time.lane({ env: { POLICY_FILE, DOCUMENT_STORE: join(folder, 'documents') } });
  });
  after(async () => {
    await time?.stop();
    await rm(folder, { recursive: true });
  });

  const stored = async (): Promise<string[]> =>
    (await readdir(join(folder, 'documents'), { recursive: true })).filter((path) => path.includes('/'));
  const pathOf = (documentId: string): string => join(folder, 'documents', documentId.slice(0, 2), documentId);
  const eventsOf = async (id: string): Promise<string[]> => (await lane.client.audit(id)).map(({ event }) => event);
  const deleted = (id: string): Promise<true | undefined> =>
    eventually(`the documents of ${id} are deleted`, async () =>
      (await eventsOf(id)).includes('documentsDeleted') ? true : undefined,
    );

  /** Starts the deletion alone, of a document that lies in the store. */
  async function startRetention(caseId: string, documents: DocumentReference[], keptDays: number): Promise<void> {
    const of = { caseId, tenantId: SANDBOX_TENANT.id };
    await lane.temporal.workflow.start(DOCUMENT_RETENTION, {
      workflowId: documentRetentionId(caseId),
      taskQueue: TASK_QUEUE,
      args: [retentionPlan(of, documents, new Date(await time.now()), keptDays)],
    });
  }

  function aDocument(caseId: string): DocumentReference {
    const [type, sha256] = ['PASSPORT', 'a'.repeat(64)];
    const documentId = documentIdOf(caseId, { type, sha256 });
    return { documentId, type, sha256, fileName: 'a.pdf', mimeType: 'application/pdf', size: 9 };
  }

  async function store(documentId: string): Promise<void> {
    await mkdir(join(pathOf(documentId), '..'), { recursive: true });
    await writeFile(pathOf(documentId), 'encrypted');
  }

  test('of somebody else are left alone, whatever a case was made to name', async () => {
    const [caseId, otherId] = ['individual/t/own', 'individual/t/other'];
    const [own, others] = [aDocument(caseId), aDocument(otherId)];
    for (const { documentId } of [own, others]) await store(documentId);
    await startRetention(caseId, [own, others], KEPT_DAYS);
    await time.skip((KEPT_DAYS + 1) * DAY);
    await deleted(caseId);
    assert.deepEqual(
      (await lane.client.audit(caseId)).map(({ event, data, text }) => [event, data, text]),
      [
        ['documentsDeleted', { documents: [own.documentId] }, own.documentId],
        ['documentsOfOthersLeftAlone', { documents: [others.documentId] }, others.documentId],
      ],
    );
    assert.ok((await stored()).some((path) => path.endsWith(others.documentId)));
  });

  test('that the store does not give up are deleted once it does, and until then need attention', async () => {
    const caseId = 'individual/t/stuck';
    const document = aDocument(caseId);
    // A folder in the place of the file cannot be deleted as one.
    await mkdir(pathOf(document.documentId), { recursive: true });
    await startRetention(caseId, [document], KEPT_DAYS);
    await time.skip((KEPT_DAYS + 2) * DAY);
    await eventually('the failure is told', async () => (await eventsOf(caseId)).includes('documentsNotDeleted'));
    const retention = lane.temporal.workflow.getHandle(documentRetentionId(caseId));
    const { raw } = await retention.describe();
    assert.equal(raw.pendingActivities?.[0]?.activityType?.name, 'deleteDocuments');
    assert.ok(raw.pendingActivities[0].lastFailure);

    await rm(pathOf(document.documentId), { recursive: true });
    await time.skip(DAY);
    await deleted(caseId);
    assert.deepEqual(await eventsOf(caseId), ['documentsNotDeleted', 'documentsDeleted']);
  });

  test('are kept from the later end, where a case was reset and has ended again', async () => {
    const caseId = 'individual/t/reset';
    const document = aDocument(caseId);
    await store(document.documentId);
    await startRetention(caseId, [document], KEPT_DAYS);
    const now = new Date(await time.now());
    const plan = retentionPlan({ caseId, tenantId: SANDBOX_TENANT.id }, [document], now, 2 * KEPT_DAYS);
    await lane.temporal.workflow.getHandle(documentRetentionId(caseId)).signal('replan', plan);
    await time.skip((KEPT_DAYS + 5) * DAY);
    assert.deepEqual(await eventsOf(caseId), []);
    await time.skip(6 * DAY);
    await deleted(caseId);
  });

  test('stay while the customer is active', async () => {
    const id = await lane.start(await anIndividual());
    await lane.finish(id);
    assert.ok(!(await eventsOf(id)).includes('documentsKept'));
    await assert.rejects(lane.temporal.workflow.getHandle(documentRetentionId(id)).describe(), /not found/i);
  });

  test("are kept as long as today's policy says, whatever the plan says", async () => {
    const caseId = 'individual/t/early';
    const document = aDocument(caseId);
    await store(document.documentId);
    await startRetention(caseId, [document], 1);
    await time.skip((KEPT_DAYS - 1) * DAY);
    assert.deepEqual(await eventsOf(caseId), ['documentsKeptLonger']);
    assert.ok((await stored()).some((path) => path.endsWith(document.documentId)));
    await time.skip(2 * DAY);
    await deleted(caseId);
  });

  test('of a case that runs are kept, whoever plans their deletion', async () => {
    const id = await lane.toReview(await anIndividual());
    const documents = await stored();
    const { evidence } = await lane.client.caseView(id);
    await startRetention(id, evidence, 1);
    await time.skip((KEPT_DAYS + 2) * DAY);
    assert.deepEqual(await stored(), documents);
    await lane.client.cancel(id, { by: 'the customer', reason: 'changed their mind' });
    await lane.closed(id);
    await time.skip((KEPT_DAYS - 1) * DAY);
    assert.deepEqual(await stored(), documents);
    await time.skip(2 * DAY);
    await deleted(id);
    assert.ok((await stored()).length < documents.length);
  });

  test('are kept for the time that the policy says, and the audit goes on where that of the case ends', async () => {
    const before = await stored();
    const id = await lane.toReview(await anIndividual());
    const documents = await stored();
    assert.ok(documents.length > before.length);
    await lane.client.cancel(id, { by: 'the customer', reason: 'changed their mind' });
    await lane.closed(id);
    await time.skip((KEPT_DAYS - 1) * DAY);
    assert.deepEqual(await stored(), documents);
    assert.deepEqual((await eventsOf(id)).slice(-1), ['documentsKept']);

    const { evidence } = await lane.client.caseView(id);
    const retention = lane.temporal.workflow.getHandle(documentRetentionId(id));
    const at = new Date(await time.now());
    await retention.signal('replan', retentionPlan({ caseId: id, tenantId: SANDBOX_TENANT.id }, evidence, at, 0));
    await eventually('it is asked for', async () => (await eventsOf(id)).includes('documentsKeptLonger'));
    assert.deepEqual(await stored(), documents);
    const audit = await lane.client.audit(id);
    assert.deepEqual(
      audit.slice(-2).map(({ event }) => event),
      ['documentsKept', 'documentsKeptLonger'],
    );
    assert.deepEqual(
      audit.map(({ seq }) => seq),
      audit.map((_, index) => index + 1),
    );
  });
});
