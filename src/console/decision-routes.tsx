import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ComponentChildren } from 'preact';
import { CODES } from '../client/codes.js';
import { InvalidInput, type ShownCase } from '../client/index.js';
import { instanceOf } from '../client/signing.js';
import type { Person } from '../gateway/people/people.js';
import type { Answer, Decision } from '../lifecycle/messages.js';
import { audienceOf } from '../proof/envelope.js';
import { caseNamed, pathOf } from './case-address.js';
import { DecideForm } from './decide-form.js';
import { decisionOf } from './decision-form.js';
import { type ConsoleOptions, formOf, forPerson } from './for-person.js';
import { answerPage } from './page.js';
import { passkeysAt } from './passkeys.js';
import { plain } from './words.js';

/** The form to decide on a case, where it is in review and nothing else is first. */
export async function decideForm(
  { client, people, environment }: ConsoleOptions,
  request: FastifyRequest,
  { session: { operator, tenant, csrf } }: Person,
  view: ShownCase,
  workflowId: string,
): Promise<ComponentChildren> {
  if (view.review.stage !== 'inReview' || view.attention !== null || view.outcome) return undefined;
  const [instance, signers] = await Promise.all([instanceOf(client.temporal, workflowId), people.signers()]);
  const passkeys = passkeysAt(signers, operator, people.originOf(request), new Date());
  const audience = audienceOf(environment, client.temporal.options.namespace);
  const signing = { audience, tenant, workflowId, instance, operator, credentialIds: passkeys.map(({ id }) => id) };
  return <DecideForm view={view} signing={signing} decisionId={randomUUID()} csrf={csrf} />;
}

/** Takes decisions from the form. The worker verifies what signs them; nothing here could. */
export function serveDecisions(scope: FastifyInstance, options: ConsoleOptions): void {
  const { client, people } = options;
  scope.post(
    '/console/cases/:kind/:id/decisions',
    forPerson(options, async (request, reply, person) => {
      const { proof, ...fields } = formOf(people, request, person);
      const { operator, tenant } = person.session;
      const workflowId = caseNamed(request.params, tenant);
      const decision = decisionOf(fields, operator);
      if (!decision) throw new InvalidInput('the decision', [{ path: 'choice', message: 'choose one' }]);
      const speaking = client.speakingFor(`person:${operator}`);
      const answer = await speaking.decide(workflowId, decision, proof ? { proof } : {});
      const status = answer.accepted ? 200 : CODES[answer.refusal].status;
      const now = answer.accepted ? undefined : await client.caseView(workflowId);
      return answerPage(
        reply,
        person,
        answer.accepted ? 'Decided' : 'Not decided',
        <Answered answer={answer} decision={decision} now={now} workflowId={workflowId} />,
        { status },
      );
    }),
  );
}

interface Shown {
  answer: Answer;
  decision: Decision;
  /** The case as it is now, where the decision was refused. */
  now: ShownCase | undefined;
  workflowId: string;
}

function Answered({ answer, decision, now, workflowId }: Shown) {
  return (
    <>
      <h1>{answer.accepted ? 'Decided' : 'Nothing was decided'}</h1>
      <p>
        {answer.accepted ? `${plain(decision.verdict)}: ` : `${CODES[answer.refusal].meaning}: `}
        {answer.detail}.
      </p>
      {!answer.accepted && <p>What helps: {CODES[answer.refusal].helps}.</p>}
      {now && <Changes decision={decision} now={now} />}
      <p>
        <a href={pathOf(workflowId)}>The case as it is now</a>, or <a href="/console/queue">the queue</a>
      </p>
    </>
  );
}

/** What is different from what the operator saw. */
function Changes({ decision: { round, evidenceHash }, now }: { decision: Decision; now: ShownCase }) {
  const changes = [
    now.review.round !== round && `You saw round ${round}; it is in round ${now.review.round} now.`,
    now.evidenceHash !== evidenceHash && `The evidence has changed: it has ${now.evidence.length} documents now.`,
    now.review.stage !== 'inReview' && `It is no longer in review: ${plain(now.status)}.`,
  ].filter((one) => one !== false);
  if (changes.length === 0) return null;
  return (
    <ul>
      {changes.map((one) => (
        <li>{one}</li>
      ))}
    </ul>
  );
}
