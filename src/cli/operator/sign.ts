import { randomUUID } from 'node:crypto';
import { Argument, type Command } from 'commander';
import { z } from 'zod';
import { InvalidInput } from '../../client/index.js';
import { MESSAGES, parseMessage, type MessageName } from '../../lifecycle/messages.js';
import { bodyHash } from '../../lifecycle/proof-rules.js';
import { signEnvelope } from '../../proof/envelope.js';
import { Malformed } from '../../contract/schema.js';
import { readSigningKey } from '../../proof/key-pair.js';
import { readJson } from '../input.js';
import { addCommand, print } from '../program.js';
import { AS, type Json } from './common.js';

/** The fields of `GET /v1/cases/KIND/ID/review` that a signature needs. */
const reviewSchema = z.object({
  evidenceHash: z.string(),
  review: z.object({ round: z.int() }),
  ids: z.object({ customerId: z.string().optional(), verificationId: z.string().optional() }),
  signing: z.object({ audience: z.string(), workflowId: z.string(), instance: z.string() }),
});

interface SignFlags extends Json {
  as: string;
  key: string;
  case: string;
}

/** Signs an operator's message for the HTTP API, which does not have the operator's key. Works offline. */
export function addSign(program: Command): void {
  addCommand(program, 'sign', 'signs a message for the HTTP API, and prints the body to send', [
    'sign decideVerification decision.json --case review.json --as op-1 --key op-1.key    # {"verdict": "approve"}',
  ])
    .addArgument(new Argument('<message>', "the message's name").choices([...MESSAGES]))
    .argument('<file>', 'the message as JSON; for a decision, the verdict and its reasons are enough')
    .requiredOption('--case <file>', 'the case as you saw it: the response of GET /v1/cases/KIND/ID/review')
    .requiredOption(...AS)
    .requiredOption('--key <file>', 'your private key')
    .action(async (message: MessageName, file: string, flags: SignFlags) => {
      const { content: said } = await readJson(file);
      const parsed = reviewSchema.safeParse((await readJson(flags.case)).content);
      if (!parsed.success || typeof said !== 'object' || said === null) {
        const faults = [{ path: parsed.success ? file : flags.case, message: 'does not have the expected fields' }];
        throw new InvalidInput('the command', faults);
      }
      const body = { ...defaults(message, flags.as, parsed.data), ...said };
      const { audience, workflowId, instance } = parsed.data.signing;
      const proof = await signEnvelope(
        { signerId: flags.as, key: await readSigningKey(flags.key) },
        {
          ...{ audience, workflowId, instance, message, actor: flags.as },
          tenant: workflowId.split('/')[1] ?? '',
          bodyHash: bodyHash(read(message, body, file)),
        },
      );
      print(true, { ...body, proof }, String);
    });
}

function defaults(
  message: MessageName,
  as: string,
  { evidenceHash, review, ids }: z.output<typeof reviewSchema>,
): object {
  if (message !== 'decideVerification') return { by: as };
  const { customerId, verificationId } = ids;
  return {
    decisionId: randomUUID(),
    round: review.round,
    operator: { id: as },
    evidenceHash,
    ...(customerId && verificationId ? { subject: { customerId, verificationId } } : {}),
  };
}

/** Parses the message in the way the case does. */
function read(message: MessageName, body: object, file: string): unknown {
  try {
    return parseMessage(message, body);
  } catch (error) {
    if (error instanceof Malformed) throw new InvalidInput('the message', [{ path: file, message: error.message }]);
    throw error;
  }
}
