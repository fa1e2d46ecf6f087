import type { FastifyInstance, FastifyRequest } from 'fastify';
import { CODES } from '../client/codes.js';
import { InvalidInput, type ShownCase } from '../client/index.js';
import { instanceOf } from '../client/signing.js';
import type { Person } from '../gateway/people/people.js';
import type { Answer } from '../lifecycle/messages.js';
import { audienceOf } from '../proof/envelope.js';
import { caseNamed, pathOf } from './case-address.js';
import { type ConsoleOptions, formOf, forPerson } from './for-person.js';
import type { Desk } from './message-form.js';
import { messageOf } from './message-forms.js';
import { answerPage } from './page.js';
import { passkeysAt } from './passkeys.js';
import { plain } from './words.js';

/** What the forms of a case's page need for this operator. */
export async function deskOf(
  { client, people, environment }: ConsoleOptions,
  request: FastifyRequest,
  { session: { operator, tenant, csrf } }: Person,
  view: ShownCase,
  workflowId: string,
): Promise<Desk> {
  const [instance, signers] = await Promise.all([instanceOf(client.temporal, workflowId), people.signers()]);
  const passkeys = passkeysAt(signers, operator, people.originOf(request), new Date());
  const audience = audienceOf(environment, client.temporal.options.namespace);
  const credentialIds = passkeys.map(({ id }) => id);
  return { view, csrf, signing: { audience, tenant, workflowId, instance, operator, credentialIds } };
}

/** Takes messages from the forms. The worker verifies what signs them; nothing here could. */
export function serveMessages(scope: FastifyInstance, options: ConsoleOptions): void {
  const { client, people } = options;
  scope.post(
    '/console/cases/:kind/:id/messages',
    forPerson(options, async (request, reply, person) => {
      const { proof, ...fields } = formOf(people, request, person);
      const { operator, tenant } = person.session;
      const workflowId = caseNamed(request.params, tenant);
      const message = messageOf(fields, operator);
      if (!message) throw new InvalidInput('the form', [{ path: 'message', message: 'is none of the console’s' }]);
      const { name, body } = message;
      const sent = { messageId: fields['messageId'], ...(proof && { proof }) };
      const answer = await client.speakingFor(`person:${operator}`).send(workflowId, name, body, sent);
      if (answer.accepted && name !== 'decideVerification') return reply.redirect(pathOf(workflowId), 303);
      const now = answer.accepted ? undefined : await client.caseView(workflowId);
      return answerPage(
        reply,
        person,
        answer.accepted ? 'Done' : 'Not done',
        <Answered answer={answer} fields={fields} now={now} workflowId={workflowId} />,
        { status: answer.accepted ? 200 : CODES[answer.refusal].status },
      );
    }),
  );
}

interface Shown {
  answer: Answer;
  fields: Record<string, string>;
  /** The case as it is now, where the message was refused. */
  now: ShownCase | undefined;
  workflowId: string;
}

function Answered({ answer, fields, now, workflowId }: Shown) {
  return (
    <>
      <h1>{answer.accepted ? 'Decided' : 'Nothing was done'}</h1>
      <p>
        {answer.accepted ? `${plain(fields['choice'] ?? '')}: ` : `${CODES[answer.refusal].meaning}: `}
        {answer.detail}.
      </p>
      {!answer.accepted && <p>What helps: {CODES[answer.refusal].helps}.</p>}
      {now && fields['round'] !== undefined && <Changes seen={fields} now={now} />}
      <p>
        <a href={pathOf(workflowId)}>The case as it is now</a>, or <a href="/console/queue">the queue</a>
      </p>
    </>
  );
}

/** What is different from what the operator saw. */
function Changes({ seen, now }: { seen: Record<string, string>; now: ShownCase }) {
  const changes = [
    String(now.review.round) !== seen['round'] &&
      `You saw round ${seen['round']}; it is in round ${now.review.round} now.`,
    now.evidenceHash !== seen['evidenceHash'] &&
      `The evidence has changed: it has ${now.evidence.length} documents now.`,
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
