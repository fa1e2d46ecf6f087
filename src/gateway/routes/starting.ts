import { z } from 'zod';
import { InvalidInput, type IndividualInput, type OrganizationInput, type Started } from '../../client/index.js';
import type { CaseKind, LifecycleKind } from '../../lifecycle/phases.js';
import type { Caller } from '../caller.js';
import { route, type Answered, type AnswerForm, type Route } from '../route.js';
import { locationOf, name } from './ids.js';

const STARTED: Record<number, AnswerForm> = {
  200: { description: 'the same content started it before', schema: 'Started', headers: { Location: 'the case' } },
  202: { description: 'started', schema: 'Started', headers: { Location: 'the case' } },
  409: { description: 'the id was used with other content', schema: 'Problem' },
  422: { description: 'every fault of the input; nothing was started', schema: 'Problem' },
};

const DOCUMENTS =
  'Documents come with their content in base64, or are uploaded first and named by what the upload answered. ';

const starting = (kind: LifecycleKind, path: string, operation: string, body: string): Route =>
  route({
    operation,
    method: 'PUT',
    path: `/v1/${path}/{applicationId}`,
    tag: 'Onboarding',
    scopes: ['onboarding:write'],
    summary: `Starts the onboarding of an ${kind}, or finds the one that the same application started`,
    description: `${DOCUMENTS}Repeat it for as long as its outcome is not known: one id is one onboarding.`,
    commands: [`starter ${kind}`, 'starter batch'],
    params: z.object({ applicationId: name }),
    body: { name: body, example: `${kind}.json` },
    waits: true,
    answers: STARTED,
    async handle({ caller, client, params: { applicationId }, body: sent, waitSeconds }) {
      const application = ofCaller(caller, sent, 'applicationId', applicationId);
      const options = { idsWithin: waitSeconds };
      const started =
        kind === 'individual'
          ? await client.startIndividual(application as unknown as IndividualInput, options)
          : await client.startOrganization(application as unknown as OrganizationInput, options);
      return answer(started, kind, applicationId);
    },
  });

export const STARTING: readonly Route[] = [
  starting('individual', 'individuals', 'startIndividual', 'IndividualApplication'),
  starting('organization', 'organizations', 'startOrganization', 'OrganizationApplication'),
  route({
    operation: 'startTransfer',
    method: 'PUT',
    path: '/v1/transfers/{reference}',
    tag: 'Payments',
    scopes: ['payments:write'],
    summary: 'Starts a transfer, or finds the one that the same reference and content started',
    description: 'Repeat it for as long as its outcome is not known: one reference is one payment.',
    commands: ['starter transfer', 'starter batch'],
    params: z.object({ reference: name }),
    body: { name: 'Transfer', example: 'transfer.json' },
    answers: STARTED,
    async handle({ caller, client, params: { reference }, body: sent }) {
      const transfer = ofCaller(caller, sent, 'reference', reference);
      return answer(await client.startTransfer(transfer as never), 'transfer', reference);
    },
  }),
];

function answer(started: Started, kind: CaseKind, id: string): Answered {
  return {
    status: started.alreadyRunning ? 200 : 202,
    body: started,
    headers: { location: locationOf(kind, id) },
  };
}

/** What was sent, under the id of its address and for the caller's tenant; another id or tenant in it is a fault. */
function ofCaller(caller: Caller, sent: unknown, field: string, id: string): Record<string, unknown> {
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) {
    throw new InvalidInput('the body', [{ path: '(all of it)', message: 'an object is expected' }]);
  }
  const { [field]: own = id, tenantId = caller.tenant, ...rest } = sent as Record<string, unknown>;
  const faults = [
    ...(own === id ? [] : [{ path: field, message: 'is another than that of the address' }]),
    ...(tenantId === caller.tenant ? [] : [{ path: 'tenantId', message: "is not the caller's tenant" }]),
  ];
  if (faults.length > 0) throw new InvalidInput('the body', faults);
  return { ...rest, [field]: id, tenantId };
}
