import { z } from 'zod';
import { resolveByCause, type Answer } from '../../client/index.js';
import { planCall } from '../../client/hand-call.js';
import { startCall } from '../../client/start-call.js';
import { proofNeeded } from '../../lifecycle/proof-rules.js';
import type { Decision, MessageBodies, MessageName } from '../../lifecycle/messages.js';
import type { Caller } from '../caller.js';
import { Refused } from '../problem.js';
import { route, type Call, type Route } from '../route.js';
import * as schemas from '../schemas/messages.js';
import { answered, MESSAGE_ANSWERS } from './answers.js';
import { caseParams, idOf, locationOf } from './ids.js';

const OPERATING = {
  method: 'POST',
  tag: 'Operators',
  scopes: ['operate'],
  params: caseParams,
  once: true,
  answers: { ...MESSAGE_ANSWERS, 403: { description: 'an operator may not do this, or not so', schema: 'Problem' } },
} as const;

/** What operators say. Each message comes from the operator that the caller is, or with the operator's own envelope. */
export const OPERATING_ROUTES: readonly Route[] = [
  route({
    ...OPERATING,
    operation: 'decide',
    path: '/v1/cases/{kind}/{id}/decisions',
    summary: 'Decides on the open round of a review',
    description:
      "Where the workers ask for proof, the operator's own envelope has to come with it: the gateway's word is not enough for a decision.",
    commands: ['operator decide'],
    message: 'decideVerification',
    body: {
      name: 'Decision',
      checked: schemas.decision,
      example: {
        ...{ decisionId: 'op-1-round-1', round: 1, verdict: 'approve' },
        evidenceHash: '5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef',
      },
    },
    async handle(call) {
      const { proof, operator: named, ...rest } = call.body;
      const by = speaker(call, named?.id, proof);
      ownProof(call, proof);
      const decision: Decision = { ...rest, operator: { ...named, id: by } };
      return answered(await call.client.decide(idOf(call.caller, call.params), decision, { proof }));
    },
  }),
  ...(
    [
      ['claim', 'claims', 'claimCase', 'Takes a case on, so that others see who has it', 'operator claim'],
      ['release', 'releases', 'releaseCase', 'Gives a case back that one has', 'operator release'],
    ] as const
  ).map(([message, path, operation, summary, command]) =>
    route({
      ...OPERATING,
      ...{ operation, message, summary, commands: [command] },
      path: `/v1/cases/{kind}/{id}/${path}`,
      body: { name: 'Claim', checked: schemas.claim, example: {}, mayBeMissing: true },
      handle: (call) => said(call, message, (by) => ({ by })),
    }),
  ),
  route({
    ...OPERATING,
    operation: 'assignCase',
    path: '/v1/cases/{kind}/{id}/assignments',
    summary: 'Hands a case to an operator, whoever has it now',
    commands: ['operator assign'],
    message: 'assign',
    body: {
      name: 'Assignment',
      checked: schemas.assignment,
      example: { to: 'op-2', reason: 'on leave from tomorrow' },
    },
    handle: (call) => said(call, 'assign', (by) => ({ by, to: call.body.to, reason: call.body.reason })),
  }),
  route({
    ...OPERATING,
    operation: 'addNote',
    path: '/v1/cases/{kind}/{id}/notes',
    summary: 'Leaves a remark for other operators; it never leaves the case',
    commands: ['operator note'],
    message: 'note',
    body: { name: 'Note', checked: schemas.note, example: { text: 'called the customer, the passport is on its way' } },
    handle: (call) => said(call, 'note', (by) => ({ by, text: call.body.text })),
  }),
  route({
    ...OPERATING,
    operation: 'extendDeadline',
    path: '/v1/cases/{kind}/{id}/extensions',
    summary: 'Gives what a case waits for more time; its later deadlines move along',
    commands: ['operator extend'],
    message: 'extend',
    body: {
      name: 'Extension',
      checked: schemas.extension,
      example: { until: '2025-11-14T17:00:00+02:00', reason: 'the registry is closed this week' },
    },
    handle: (call) => said(call, 'extend', (by) => ({ by, until: call.body.until, reason: call.body.reason })),
  }),
  route({
    ...OPERATING,
    operation: 'resolveAttention',
    path: '/v1/cases/{kind}/{id}/resolutions',
    summary: 'Settles a call that needs attention',
    description: "Taking over a result (`adopt`) and leaving a call out (`skip`) take the operator's own envelope.",
    commands: ['operator resolve'],
    message: 'resolveAttention',
    body: {
      name: 'Resolution',
      checked: schemas.resolution,
      example: { attentionId: 'attention-1', action: 'retry', reason: 'FinHub is back' },
    },
    handle: (call) => {
      const { attentionId, action, reason, adopt } = call.body;
      return said(call, 'resolveAttention', (by) => ({ attentionId, action, by, reason, adopt }));
    },
  }),
  route({
    operation: 'resolveByCause',
    method: 'POST',
    path: '/v1/resolutions',
    tag: 'Operators',
    scopes: ['operate'],
    once: true,
    summary: 'Settles every case of the tenant that needs attention for one cause',
    commands: ['operator resolve'],
    message: 'resolveAttention',
    body: {
      name: 'ResolutionByCause',
      checked: z.strictObject({
        cause: z.string().min(1).max(100).describe('a failure as the review of a case shows it'),
        action: z.enum(['retry', 'abort']),
        reason: z.string().max(4000).optional(),
        dryRun: z.boolean().optional().describe('lists the cases and resolves none'),
      }),
      example: { cause: 'FinHubUnauthorized', action: 'retry', dryRun: true },
    },
    answers: { 200: { description: 'what became of each case', schema: 'Resolved' } },
    async handle(call) {
      const by = speaker(call, undefined, undefined);
      const resolved = await resolveByCause(call.client, { ...call.body, by, tenantId: call.caller.tenant });
      return { status: 200, body: { resolved } };
    },
  }),
  route({
    operation: 'viewDocument',
    method: 'GET',
    path: '/v1/cases/{kind}/{id}/documents/{documentId}',
    tag: 'Operators',
    scopes: ['operate'],
    summary: 'The content of a document; the case keeps who looked',
    commands: ['operator document'],
    message: 'viewDocument',
    params: caseParams.extend({ documentId: z.uuid() }),
    answers: {
      200: { description: 'the document', mediaType: 'application/octet-stream' },
      403: { description: 'the caller is no operator of the tenant', schema: 'Problem' },
      409: { description: 'the case has no such document', schema: 'Problem' },
    },
    async handle(call) {
      const { client, params, caller } = call;
      const id = idOf(caller, params);
      const { documentId } = params;
      // On record first: nobody sees a document without a trace.
      const by = speaker(call, undefined, undefined);
      const answer: Answer = await client.viewDocument(id, { by, documentId });
      if (!answer.accepted) throw new Refused(answer.refusal, answer.detail);
      const { content, mimeType } = await client.document(id, documentId);
      const headers = {
        'content-type': mimeType,
        'content-disposition': `attachment; filename="${documentId}"`,
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
      };
      return { status: 200, body: content, headers };
    },
  }),
  route({
    operation: 'callByHand',
    method: 'POST',
    path: '/v1/calls',
    tag: 'Operators',
    scopes: ['operate'],
    once: true,
    summary: 'Makes one call to FinHub by hand',
    description:
      "With `dryRun` it says what would be sent. Where the workers ask for proof, the operator's own envelope over the call has to come with it.",
    commands: ['operator call'],
    body: {
      name: 'HandCall',
      checked: z.strictObject({
        operation: z.string().min(1).max(100),
        input: z.record(z.string(), z.unknown()).describe('by the operation, see the catalogue of endpoints'),
        by: z.string().min(1).max(200).optional(),
        reason: z.string().regex(/\S/).max(1000),
        callId: z.string().max(64).optional().describe('names the call; the same id again is the same call'),
        actAs: z.enum(['admin', 'powerTenant']).optional(),
        origin: z.strictObject({ ipAddress: z.string(), userAgent: z.string() }).optional(),
        dryRun: z.boolean().optional(),
        proof: z.string().min(1).max(4000).optional().describe("the operator's own envelope"),
      }),
      example: {
        operation: 'listDirectors',
        input: { organizationId: 'f458d016-56bb-43a6-856c-4d0456b2c38c' },
        reason: 'the customer sees one too many',
        dryRun: true,
      },
    },
    answers: {
      200: { description: 'what would be sent, or a call that was asked for before', schema: 'PlannedCall' },
      202: { description: 'asked for; the case `call` tells what comes of it', schema: 'Started' },
      409: { description: 'the id was used for another call', schema: 'Problem' },
      422: { description: 'every fault of the input', schema: 'Problem' },
    },
    async handle(call) {
      const { dryRun, proof, by: named, ...asked } = call.body;
      const { client, caller, messageId } = call;
      const by = speaker(call, named, proof);
      const callId = asked.callId ?? messageId(asked).slice(0, 16);
      const planned = await planCall({ keys: client.keys, tenantId: caller.tenant }, { ...asked, callId, by });
      if (dryRun) {
        const { workflowId, call: subject, sent } = planned;
        return { status: 200, body: { workflowId, operation: subject.operation, ...sent } };
      }
      ownProof(call, proof);
      await client.beforeWriting();
      const { temporal, store, signing } = client;
      const started = await startCall({ temporal, store, signing, proof }, planned);
      return {
        status: started.alreadyRunning ? 200 : 202,
        body: started,
        headers: { location: locationOf('call', planned.workflowId.split('/')[2]!) },
      };
    },
  }),
];

type CaseCall = Call<z.output<typeof caseParams>, undefined, { by?: string | undefined; proof?: string | undefined }>;

/** Sends what an operator says. */
async function said<Name extends MessageName>(
  call: CaseCall,
  name: Name,
  bodyBy: (by: string) => MessageBodies[Name],
): Promise<ReturnType<typeof answered>> {
  const { proof, by: named } = call.body ?? {};
  const body = bodyBy(speaker(call, named, proof));
  if (proofNeeded({ name, body }) === 'own') ownProof(call, proof);
  const sending = { proof, messageId: call.messageId(body) };
  return answered(await call.client.send(idOf(call.caller, call.params), name, body, sending));
}

/** Where messages are signed, the gateway's word is not enough for this. */
function ownProof({ client }: Pick<CaseCall, 'client'>, proof: string | undefined): void {
  if (client.signing && proof === undefined) {
    throw new Refused('OperatorNeeded', "this takes the operator's own envelope (`operator sign`)");
  }
}

/** Who says it: the operator that the caller is, or whoever their own envelope proves. Nobody speaks for another. */
function speaker({ caller }: { caller: Caller }, named: string | undefined, proof: string | undefined): string {
  const own = caller.operator;
  if (named !== undefined && (proof !== undefined || own === '*' || own === named)) return named;
  if (named === undefined && own !== undefined && own !== '*') return own;
  const detail =
    named === undefined
      ? 'the credentials are of no operator, and the message names none'
      : `the credentials are not of operator "${named}"; their own envelope is needed (\`operator sign\`)`;
  throw new Refused('OperatorNeeded', detail);
}
