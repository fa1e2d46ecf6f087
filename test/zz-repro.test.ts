import { test } from 'node:test';
import { Worker } from '@temporalio/worker';
import { anIndividual } from '/work/main/test/helpers/applications.js';
import { startTimeSkipping, bundled } from '/work/main/test/helpers/time-skipping.js';
import { encrypted } from '/work/main/test/helpers/lane.js';
import proto from '@temporalio/proto'; const temporal = proto.temporal;
test('repro', async () => {
  const time = await startTimeSkipping();
  const lane = await time.lane();
  const approval = { decisionId: 'd1', round: 1, verdict: 'approve', operator: { id: 'op-1' } } as const;
  for (let i = 0; i < 14; i++) {
    const id = await lane.toReview(await anIndividual());
    const reject = { ...approval, decisionId: 'd2', verdict: 'reject', operator: { id: 'op-2' } } as const;
    const answers = await Promise.all([lane.client.decide(id, approval), lane.client.decide(id, reject)]);
    const history = await lane.temporal.workflow.getHandle(id).fetchHistory();
    let bad: unknown;
    try { await Worker.runReplayHistory({ workflowBundle: await bundled(), dataConverter: encrypted(lane.temporal.options.namespace) , namespace: lane.temporal.options.namespace}, history, id); } catch (e) { bad = e; }
    console.log(i, answers.map((a: any) => a.state ?? a.refusal), bad ? String(bad).slice(180, 900) : 'ok');
    if (bad) for (const e of history.events!.slice(-16)) console.log(String(e.eventId), temporal.api.enums.v1.EventType[e.eventType!], JSON.stringify(e.timerCanceledEventAttributes ?? e.workflowExecutionUpdateCompletedEventAttributes?.meta ?? e.workflowExecutionUpdateAcceptedEventAttributes?.protocolInstanceId ?? ''));
    await lane.client.cancel(id, {by:'x', reason:'y'}).catch(() => {});
  }
  await time.stop();
});
