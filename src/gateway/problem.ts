import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import { CODES, codeOf, type Code } from '../client/codes.js';
import { InvalidInput, type Fault } from '../client/index.js';
import { isNobodyAnswering } from '../client/errors.js';
import { pointerOf } from '../intake/faults.js';

/** Why a request was not done, as RFC 9457 has it. */
export const problemSchema = z
  .object({
    type: z.string().describe('names the kind of problem; its code behind the "#"'),
    title: z.string(),
    status: z.int(),
    code: z.string().describe('stable; the table is in the documentation'),
    detail: z.string().optional(),
    helps: z.string().describe('what to do about it'),
    requestId: z.string().describe('names the request in the logs of the gateway'),
    outcome: z.literal('unknown').optional().describe('whether it took effect is not known; repeat it as it was'),
    faults: z
      .array(
        z.object({
          pointer: z.string().describe('JSON pointer (RFC 6901) into the body; empty for all of it'),
          message: z.string(),
        }),
      )
      .optional()
      .describe('everything that is wrong with the input'),
  })
  .meta({ description: 'A problem as RFC 9457 has it' });
export type Problem = z.output<typeof problemSchema>;

/** Something that is not done, by a code of the table. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly code: Code;
  constructor(code: Code, detail?: string) {
    super(detail ?? CODES[code].meaning);
    this.code = code;
  }
}

/** Where the caller learns what the code means. */
export const PROBLEMS_PATH = '/problems';

export function problemOf(code: Code, requestId: string, more: Pick<Problem, 'detail' | 'faults'> = {}): Problem {
  const { status, meaning, helps } = CODES[code];
  return {
    type: `${PROBLEMS_PATH}#${code}`,
    title: meaning,
    status,
    code,
    ...more,
    helps,
    requestId,
    ...(UNKNOWN.has(code) && { outcome: 'unknown' as const }),
  };
}

/** Whether the request took effect, nobody knows. */
const UNKNOWN: ReadonlySet<Code> = new Set<Code>(['NoAnswer', 'TemporalUnreachable']);

/** What an error tells the caller. Of what went wrong on our side it says no more than its code. */
export function problemOfError(error: unknown, requestId: string): Problem {
  if (error instanceof Refused) return problemOf(error.code, requestId, { detail: error.message });
  if (error instanceof InvalidInput) {
    return problemOf('InvalidInput', requestId, { faults: error.faults.map(pointed) });
  }
  const code = fastifyCode(error) ?? (isNobodyAnswering(error) ? 'TemporalUnreachable' : codeOf(error));
  const isOurs = CODES[code].status >= 500 && !UNKNOWN.has(code);
  const isTold = !isOurs && !isNobodyAnswering(error);
  return problemOf(code, requestId, isTold ? { detail: (error as Error).message } : {});
}

function pointed({ path, message }: Fault): { pointer: string; message: string } {
  return { pointer: pointerOf(path), message };
}

/** What the framework or the network calls a fault of the request. */
function fastifyCode(error: unknown): Code | undefined {
  const { statusCode, code } = (error ?? {}) as { statusCode?: unknown; code?: unknown };
  if (typeof code !== 'string' || typeof statusCode !== 'number') return undefined;
  if (statusCode === 413) return 'BodyTooLarge';
  if (statusCode === 415) return 'MediaTypeUnsupported';
  if (statusCode === 429) return 'TooManyRequests';
  return statusCode >= 400 && statusCode < 500 && STATUS_CODES[statusCode] ? 'BodyUnreadable' : undefined;
}
