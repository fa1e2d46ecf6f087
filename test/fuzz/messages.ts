import type { Client } from '@temporalio/client';
import fc from 'fast-check';
import { MESSAGES, type MessageName } from '../../src/lifecycle/messages.js';
import type { Payload } from '../attacks/attacker.js';

/** Something that somebody sends to a case, by Signal or Update. */
export interface Sent {
  how: 'signal' | 'update';
  name: string;
  /** Payloads as they go over the wire, or values that our own client encrypts. */
  what: { payloads: Payload[] } | { values: unknown[] };
}

const ENCODINGS = [
  'json/plain',
  'json/protobuf',
  'binary/plain',
  'binary/null',
  'binary/protobuf',
  'binary/encrypted',
  'binary/zlib',
  '',
];

/** Messages in their right form, a part of which is then something else. */
const BODIES: Partial<Record<MessageName, object>> = {
  submitDocuments: {
    submittedBy: 'backend',
    documents: [
      {
        documentId: 'd'.repeat(32),
        type: 'PASSPORT',
        fileName: 'p.pdf',
        mimeType: 'application/pdf',
        size: 1,
        sha256: '0'.repeat(64),
      },
    ],
  },
  acceptConsents: { version: '1.0', acceptedAt: '2026-11-30T00:00:00Z', ipAddress: '192.0.2.1', userAgent: 'test' },
  correctApplication: { correctedBy: 'backend', patch: { payments: { transfer: { amount: { value: '1.00' } } } } },
  resolveAttention: { attentionId: 'none-1', action: 'adopt', by: 'op-2', adopt: { customerId: 'x' } },
  claim: { by: 'op-1' },
  note: { by: 'op-1', text: 'seen' },
  extend: { by: 'op-1', until: '2027-06-01T00:00:00Z', reason: 'more time' },
  decideTransfer: { by: 'backend', verdict: 'approve' },
  viewDocument: { by: 'op-1', documentId: 'd'.repeat(32) },
};

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  fc.json().map((text) => Buffer.from(text)),
  fc.constantFrom(
    Buffer.from('{'),
    Buffer.from('null'),
    Buffer.from('[]'),
    Buffer.from('{"__proto__":{"a":1}}'),
    Buffer.alloc(0),
  ),
);

const payload: fc.Arbitrary<Payload> = fc
  .record({
    encoding: fc.option(
      fc.oneof(
        fc.constantFrom(...ENCODINGS).map((name) => Buffer.from(name)),
        fc.uint8Array({ maxLength: 20 }),
      ),
      { nil: undefined },
    ),
    more: fc.dictionary(
      fc.oneof(
        fc.constantFrom('keyId', 'messageType', 'place', '__proto__', 'encoding-key'),
        fc.string({ maxLength: 8 }),
      ),
      fc.uint8Array({ maxLength: 12 }),
      { maxKeys: 3 },
    ),
    data: fc.option(bytes, { nil: undefined }),
  })
  .map(({ encoding, more, data }) => ({
    metadata: { ...more, ...(encoding && { encoding }) },
    ...(data && { data }),
  }));

const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  fc.constantFrom<unknown>('x'.repeat(300_000), 1e308, nested(2_000)),
);

const nearlyRight = fc
  .tuple(fc.constantFrom(...(Object.keys(BODIES) as MessageName[])), fc.nat(), anything)
  .map(([name, at, value]) => ({ name: name, values: [withPart(BODIES[name]!, at, value)] as unknown[] }));

const name = fc.oneof(
  { arbitrary: fc.constantFrom<string>(...MESSAGES), weight: 4 },
  fc.constantFrom('__proto__', 'constructor', 'approve', '__temporal_x', ' ', 'x'.repeat(900)),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
);
const how = fc.constantFrom<Sent['how']>('signal', 'signal', 'update');

export const sent: fc.Arbitrary<Sent> = fc.oneof(
  fc.record({ how, name, what: fc.record({ payloads: fc.array(payload, { maxLength: 3 }) }) }),
  fc.record({ how, name, what: fc.record({ values: fc.array(anything, { maxLength: 2 }) }) }),
  fc.tuple(how, nearlyRight).map(([by, { name, values }]) => ({ how: by, name, what: { values } })),
);

/** Sends it. What the server itself refuses never reaches the case, and an Update's own failure is an answer. */
export async function send(temporal: Client, workflowId: string, { how, name, what }: Sent): Promise<void> {
  const handle = temporal.workflow.getHandle(workflowId);
  const { namespace } = temporal.options;
  const raw = { namespace, workflowExecution: { workflowId }, identity: 'fuzz' };
  const sending = (): Promise<unknown> => {
    if ('values' in what) {
      const args = what.values as [unknown];
      return how === 'signal' ? handle.signal(name, ...args) : handle.executeUpdate(name, { args });
    }
    const input = { payloads: what.payloads };
    if (how === 'signal') return temporal.workflowService.signalWorkflowExecution({ ...raw, signalName: name, input });
    return temporal.workflowService.updateWorkflowExecution({
      ...raw,
      request: { meta: { updateId: `fuzz-${Math.random()}`, identity: 'fuzz' }, input: { name, args: input } },
      waitPolicy: { lifecycleStage: 3 },
    });
  };
  await temporal.withDeadline(Date.now() + 10_000, sending).catch(() => {});
}

function withPart(body: object, at: number, value: unknown): object {
  const copy = structuredClone(body) as Record<string, unknown>;
  const keys = Object.keys(copy);
  copy[keys[at % keys.length]!] = value;
  return copy;
}

function nested(levels: number): unknown {
  let value: unknown = [];
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
}
