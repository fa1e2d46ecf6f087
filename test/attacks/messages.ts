import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { proofOfMessage } from '../../src/client/signing.js';
import { LOOK_NOW } from '../../src/lifecycle/hints.js';
import { MESSAGES, type MessageBodies, type MessageName } from '../../src/lifecycle/messages.js';
import type { TurnedAway } from '../../src/lifecycle/audit-events.js';
import { bodyHash } from '../../src/lifecycle/proof-rules.js';
import { parseKeyRing } from '../../src/secrets/key-ring.js';
import { seal } from '../../src/secrets/seal.js';
import { KEYS } from '../helpers/lane.js';
import { anIndividual } from '../helpers/applications.js';
import { isTurnedAway } from '../helpers/audit.js';
import { eventually } from '../helpers/eventually.js';
import { plain } from './attacker.js';
import type { Hand, Stronghold } from './stronghold.js';
import { DECIDE, goesOn, reviewed, startAgain } from './victims.js';

/** A message as somebody who may send it does, to the case in review that shows this. */
type BodyOf = (shown: { evidenceHash: string; ids: { customerId?: string; verificationId?: string } }) => object;

const DOCUMENT = {
  ...{ documentId: 'd'.repeat(32), type: 'PASSPORT', fileName: 'p.pdf', mimeType: 'application/pdf', size: 1 },
  sha256: '0'.repeat(64),
};
const CONSENTS = { version: '1.0', acceptedAt: '2026-11-30T00:00:00Z', ipAddress: '192.0.2.1', userAgent: 'test' };

const BENEFICIARY = {
  ...{ ref: 'thief', name: 'Thief', partyType: 'INDIVIDUAL_CUSTOMER', currency: 'EUR' },
  ...{ iban: 'DE44500105175407324931', bic: 'INGDDEFF', country: 'DE' },
};

const SENT: Record<MessageName, { by: Hand; body: BodyOf }> = {
  submitDocuments: { by: 'backend', body: () => ({ submittedBy: 'backend', documents: [DOCUMENT] }) },
  acceptConsents: { by: 'backend', body: () => CONSENTS },
  submitActivationCode: { by: 'backend', body: () => ({ code: seal(parseKeyRing(KEYS), '123456') }) },
  correctApplication: {
    by: 'backend',
    body: () => ({ correctedBy: 'backend', patch: { payments: { transfer: { amount: { value: '1.00' } } } } }),
  },
  resolveAttention: {
    by: 'op-2',
    body: () => ({ attentionId: 'none-1', action: 'adopt', by: 'op-2', adopt: { customerId: 'forged' } }),
  },
  claim: { by: 'op-1', body: () => ({ by: 'op-1' }) },
  release: { by: 'op-1', body: () => ({ by: 'op-1' }) },
  assign: { by: 'op-1', body: () => ({ by: 'op-1', to: 'op-2', reason: 'away' }) },
  note: { by: 'op-1', body: () => ({ by: 'op-1', text: 'seen' }) },
  viewDocument: { by: 'op-1', body: () => ({ by: 'op-1', documentId: DOCUMENT.documentId }) },
  extend: { by: 'op-1', body: () => ({ by: 'op-1', until: '2027-06-01T00:00:00Z', reason: 'more time' }) },
  decideTransfer: { by: 'backend', body: () => ({ by: 'backend', verdict: 'approve' }) },
  confirmTransfer: { by: 'backend', body: () => ({ by: 'backend', orderId: 'order' }) },
  decideVerification: {
    by: 'op-1',
    body: ({ evidenceHash, ids }) => ({
      ...{ decisionId: 'd1', round: 1, verdict: 'approve', operator: { id: 'op-1' }, evidenceHash },
      subject: { customerId: ids.customerId, verificationId: ids.verificationId },
    }),
  },
  addBeneficiary: { by: 'backend', body: () => ({ by: 'backend', beneficiary: BENEFICIARY }) },
  removeBeneficiary: { by: 'backend', body: () => ({ by: 'backend', ref: 'landlord' }) },
  makePaymentConsent: { by: 'backend', body: () => ({ by: 'backend' }) },
  revokePaymentConsent: { by: 'backend', body: () => ({ by: 'backend' }) },
  cancel: { by: 'backend', body: () => ({ by: 'backend', reason: 'withdrawn' }) },
};
/** What ends a case comes last. */
const LAST: MessageName[] = ['decideVerification', 'cancel'];
const IN_ORDER = [...MESSAGES.filter((name) => !LAST.includes(name)), ...LAST];

interface Sender {
  by?: Hand | null;
  body?: object;
}

/** A message as our own client makes it for a case as it runs now; signed where there is a signer. */
export async function made(
  { lane, signing }: Stronghold,
  id: string,
  name: MessageName,
  { by = SENT[name].by, body }: Sender = {},
): Promise<object> {
  const shown = await lane.client.caseView(id);
  const said = body ?? SENT[name].body(shown as never);
  const proof =
    by === null || isDeep(said)
      ? undefined
      : await proofOfMessage(signing[by], lane.temporal, id, name, said as MessageBodies[typeof name]);
  return { ...said, ...(proof && { proof }) };
}

/** Signals it as our own client does: encrypted and placed. */
export async function send(hold: Stronghold, id: string, name: MessageName, sender: Sender = {}): Promise<void> {
  const message = await made(hold, id, name, sender);
  await hold.lane.temporal.workflow.getHandle(id).signal(name, message);
}

/** Too deep for whoever signs it. */
function isDeep(value: object): boolean {
  try {
    bodyHash(value);
    return false;
  } catch {
    return true;
  }
}

type Kept = Partial<Record<MessageName, object>>;

interface Variant {
  /** What comes first; what it returns is there for the attacks. */
  prepare?(hold: Stronghold, victim: string): Promise<Kept>;
  /** Signals it to the victim. */
  attack(hold: Stronghold, ids: { victim: string; donor: string; kept: Kept }, name: MessageName): Promise<void>;
  /** What the audit says of it. */
  recorded: TurnedAway;
  /** The rest is let through. */
  only?: MessageName[];
}

const VARIANTS: Record<string, Variant> = {
  'nobody encrypted': {
    attack: async ({ attacker, lane }, { victim }, name) => {
      const body = SENT[name].body((await lane.client.caseView(victim)) as never);
      await attacker.signal(victim, name, [plain(body)]);
      await attacker.signal(victim, name, [plain({ slot: `signal:${name}`, body })]);
    },
    recorded: 'Unreadable',
  },
  'copied from another case': {
    attack: async ({ attacker }, { victim, donor }, name) =>
      attacker.signal(victim, name, await attacker.sent(donor, name)),
    recorded: 'Unreadable',
  },
  'made for another use in the same case': {
    attack: async ({ attacker }, { victim }, name) =>
      attacker.signal(victim, name, await attacker.sent(victim, name === 'note' ? 'claim' : 'note')),
    recorded: 'Unreadable',
  },
  "the case's own start": {
    attack: async ({ attacker }, { victim }, name) => attacker.signal(victim, name, await attacker.input(victim)),
    recorded: 'Unreadable',
  },
  'of an earlier life of the case': {
    async prepare(hold, victim) {
      const kept: Kept = {};
      for (const name of MESSAGES) kept[name] = await made(hold, victim, name);
      await startAgain(hold, victim);
      return kept;
    },
    // The same as a copy: it is encrypted for this very place.
    attack: ({ lane }, { victim, kept }, name) => lane.temporal.workflow.getHandle(victim).signal(name, kept[name]),
    recorded: 'ProofInvalid',
  },
  'without a proof': {
    attack: (hold, { victim }, name) => send(hold, victim, name, { by: null }),
    recorded: 'ProofInvalid',
  },
  "signed with a program's key where the operator's own is needed": {
    attack: (hold, { victim }, name) => send(hold, victim, name, { by: 'backend' }),
    recorded: 'ProofInvalid',
    only: ['decideVerification', 'resolveAttention'],
  },
  "signed with a gateway's key where the operator's own is needed": {
    attack: (hold, { victim }, name) => send(hold, victim, name, { by: 'gateway' }),
    recorded: 'ProofInvalid',
    only: ['decideVerification', 'resolveAttention'],
  },
  "signed in the gateway's name with a key that nobody let in": {
    attack: (hold, { victim }, name) => send(hold, victim, name, { by: 'impostor' }),
    recorded: 'ProofInvalid',
  },
  "signed with another operator's key": {
    attack: (hold, { victim }, name) => send(hold, victim, name, { by: 'op-3' }),
    recorded: 'ProofInvalid',
    only: ['decideVerification', 'resolveAttention', 'claim', 'note'],
  },
};

/** Every message, in every way in which somebody without keys can send it, to cases in review. */
export function describeMessages(hold: () => Stronghold): void {
  describe('a message', { timeout: 1_200_000 }, () => {
    const victims: Record<string, string> = {};
    let donor: string;
    before(async () => {
      const { attacker, lane } = hold();
      const names = Object.keys(VARIANTS);
      const ids = await Promise.all(['donor', ...names].map(async () => reviewed(hold(), await anIndividual())));
      donor = ids.shift()!;
      names.forEach((name, index) => (victims[name] = ids[index]!));
      // What an attacker copies within a case.
      const uses = Object.keys(victims).find((name) => name.startsWith('made for another use'))!;
      await send(hold(), victims[uses]!, 'note');
      await send(hold(), victims[uses]!, 'claim');
      for (const name of IN_ORDER) await send(hold(), donor, name);
      await attacker.sent(donor, 'cancel');
      await lane.closed(donor);
    });

    for (const [variant, entry] of Object.entries(VARIANTS)) {
      const { recorded, only = MESSAGES } = entry;
      test(`${variant} changes nothing, is recorded, and the case goes on`, async () => {
        const victim = victims[variant]!;
        const kept = (await entry.prepare?.(hold(), victim)) ?? {};
        const before = (await hold().lane.client.caseView(victim)).review;
        for (const name of only) await entry.attack(hold(), { victim, donor, kept }, name);
        await eventually('all are recorded', async () => {
          const audit = await hold().lane.client.audit(victim);
          return only.every((name) => audit.some(isTurnedAway(name, recorded)));
        }).catch(async (error: unknown) => {
          const audit = await hold().lane.client.audit(victim);
          throw new Error(JSON.stringify(audit.map(({ event, text }) => `${event} ${text}`)), { cause: error });
        });
        assert.deepEqual((await hold().lane.client.caseView(victim)).review, before);
        // One that was started again waits for a person, who says whose customer it is.
        if (entry.prepare) await hold().attacker.terminate(victim);
        else await goesOn(hold(), victim);
      });
    }

    test('that was taken is not taken again', async () => {
      const { attacker, lane } = hold();
      const id = await reviewed(hold(), await anIndividual());
      await send(hold(), id, 'note');
      const notes = () => lane.client.caseView(id).then((view) => view.notes.length);
      await eventually('noted', async () => (await notes()) === 1);
      for (let turn = 0; turn < 3; turn += 1) await attacker.signal(id, 'note', await attacker.sent(id, 'note'));
      await eventually('recorded', async () => (await lane.client.audit(id)).some(isTurnedAway('note', 'Duplicate')));
      assert.equal(await notes(), 1);
      await goesOn(hold(), id);
    });

    test('that was taken is not taken again after a reset', async () => {
      const { attacker, lane } = hold();
      const id = await reviewed(hold(), await anIndividual());
      const { evidence } = await lane.client.caseView(id);
      // A case that is cancelled takes nothing any more.
      const sent = IN_ORDER.filter((name) => name !== 'cancel');
      const known = { submittedBy: 'backend', documents: evidence };
      // The decision counts and is not carried out.
      await lane.finhub.inject({ ...DECIDE, kind: 'refuse-503', times: 1000 });
      try {
        for (const name of sent) await send(hold(), id, name, name === 'submitDocuments' ? { body: known } : {});
        const noted = async () => (await lane.client.caseView(id)).notes.length === 1;
        await eventually('noted', noted);
        const copies = await Promise.all(sent.map(async (name) => [name, await attacker.sent(id, name)] as const));
        await attacker.reset(id);
        await eventually('noted again', noted);
        for (const [name, copy] of copies) await attacker.signal(id, name, copy);
        await eventually('recorded', async () => {
          const audit = await lane.client.audit(id);
          return sent.every((name) => audit.some(isTurnedAway(name, 'Duplicate')));
        });
        assert.ok(await noted());
      } finally {
        await lane.finhub.clearFaults();
        await attacker.terminate(id);
      }
    });

    test('that hints at news at FinHub brings about a look at the most', async () => {
      const { attacker, lane } = hold();
      const id = await reviewed(hold(), await anIndividual());
      await attacker.signal(id, LOOK_NOW, []);
      await attacker.signal(id, LOOK_NOW, [plain({ status: 'APPROVED' })]);
      const seen = isTurnedAway(LOOK_NOW, 'Unreadable');
      await eventually('recorded', async () => (await lane.client.audit(id)).some(seen));
      assert.equal((await lane.client.caseView(id)).review.stage, 'inReview');
      await goesOn(hold(), id);
    });

    test('of no name that there is, is recorded', async () => {
      const { attacker, lane } = hold();
      const id = await reviewed(hold(), await anIndividual());
      const names = ['approve', '__proto__', 'constructor', 'toString', '__temporal_x', 'x'.repeat(900)];
      for (const name of names) await attacker.signal(id, name, [plain({})]);
      await attacker.signal(id, 'note', []);
      await eventually('recorded', async () => {
        const audit = await lane.client.audit(id);
        return audit.filter(({ event }) => event === 'unknownMessage').length === names.length;
      });
      await goesOn(hold(), id);
    });
  });
}
