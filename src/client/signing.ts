import type { Client } from '@temporalio/client';
import { Malformed } from '../contract/schema.js';
import { parseMessage } from '../lifecycle/messages.js';
import type { MessageBodies, MessageName } from '../lifecycle/messages.js';
import { bodyHash, START, startBody } from '../lifecycle/proof-rules.js';
import { senderOf } from '../lifecycle/sender.js';
import { audienceOf, signEnvelope, type SigningKey } from '../proof/envelope.js';
import { readSigningKey } from '../proof/key-pair.js';
import { describeCase } from './describe-case.js';

/** The key that signs messages. */
export interface Signing extends SigningKey {
  /** The environment's name, the same as the workers'. */
  environment: string;
}

/** A configuration that names a signing key. */
export interface SigningSource {
  environment: string;
  signer: { signerId: string; keyFile: string } | undefined;
}

/**
 * The signing key: the one given with a command, with its owner, otherwise the configured one.
 * @throws SigningKeyError
 */
export async function signingOf(
  { environment, signer }: SigningSource,
  { as, key }: { as?: string | undefined; key?: string | undefined } = {},
): Promise<Signing | undefined> {
  if (key !== undefined && as !== undefined) return { signerId: as, key: await readSigningKey(key), environment };
  return signer && { signerId: signer.signerId, key: await readSigningKey(signer.keyFile), environment };
}

/** The envelope of a message to the current instance of a case; undefined without a key. @throws CaseNotFound */
export async function proofOfMessage<Name extends MessageName>(
  signing: Signing | undefined,
  temporal: Client,
  workflowId: string,
  name: Name,
  body: MessageBodies[Name],
  messageId?: string,
): Promise<string | undefined> {
  if (!signing) return undefined;
  const read = asRead(name, body);
  return signEnvelope(signing, {
    ...addressOf(signing, temporal, workflowId),
    instance: await instanceOf(temporal, workflowId),
    message: name,
    bodyHash: bodyHash(read),
    actor: senderOf({ name, body: read } as never) ?? signing.signerId,
    messageId,
  });
}

/** The message in the form the case reads. One that cannot be read is sent unchanged, and the case refuses it. */
function asRead<Name extends MessageName>(name: Name, body: MessageBodies[Name]): MessageBodies[Name] {
  try {
    return parseMessage(name, body);
  } catch (error) {
    if (error instanceof Malformed) return body;
    throw error;
  }
}

/** The envelope of a start; undefined without a key. */
export async function proofOfStart(
  signing: Signing | undefined,
  temporal: Client,
  workflowId: string,
  subject: object,
): Promise<string | undefined> {
  if (!signing) return undefined;
  const { submittedBy, by } = subject as { submittedBy?: string; by?: string };
  return signEnvelope(signing, {
    ...addressOf(signing, temporal, workflowId),
    instance: undefined,
    message: START,
    // In the form that Temporal delivers.
    bodyHash: bodyHash(startBody(JSON.parse(JSON.stringify(subject)))),
    actor: by ?? submittedBy ?? signing.signerId,
  });
}

/** The case's first run; a new one for each start with the same id. @throws CaseNotFound */
export async function instanceOf(temporal: Client, workflowId: string): Promise<string> {
  const { raw, runId } = await describeCase(temporal.workflow.getHandle(workflowId));
  return raw.workflowExecutionInfo?.firstRunId || runId;
}

function addressOf({ environment }: Signing, temporal: Client, workflowId: string) {
  const audience = audienceOf(environment, temporal.options.namespace);
  return { audience, tenant: workflowId.split('/')[1] ?? '', workflowId };
}
