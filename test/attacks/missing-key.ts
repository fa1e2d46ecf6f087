import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { proofOfMessage } from '../../src/client/signing.js';
import { KEYS } from '../helpers/lane.js';
import { newKeyRingText } from '../../src/secrets/key-ring.js';
import { anIndividual } from '../helpers/applications.js';
import { eventually } from '../helpers/eventually.js';
import type { Stronghold } from './stronghold.js';
import { goesOn, reviewed } from './victims.js';

/** A ring that lists the key of everything so far and does not have it. */
function withoutKey(): string {
  const ring = JSON.parse(newKeyRingText()) as { retired?: string[] };
  const { current } = JSON.parse(KEYS) as { current: string };
  return JSON.stringify({ ...ring, retired: [current] });
}

/** Says something to a case that cannot be asked what it shows. */
async function note({ lane, signing }: Stronghold, id: string): Promise<void> {
  const body = { by: 'op-1', text: 'seen' };
  const proof = await proofOfMessage(signing['op-1'], lane.temporal, id, 'note', body);
  await lane.temporal.workflow.getHandle(id).signal('note', { ...body, proof });
}

/** What an operator who loses a key sees. */
export function describeMissingKey(hold: () => Stronghold): void {
  describe('a worker that lacks a key which its ring lists', { timeout: 1_200_000 }, () => {
    test('changes nothing in any case, and all go on when the key is back', async () => {
      const { attacker, lane } = hold();
      const ids = await Promise.all([1, 2, 3].map(async () => reviewed(hold(), await anIndividual())));
      const writes = async () =>
        (await lane.finhub.requests()).filter(({ operation }) => !operation.startsWith('GET')).length;
      const completed = async (id: string) =>
        (await attacker.history(id)).filter((event) => event.workflowTaskCompletedEventAttributes).length;
      await hold().withoutWorker();
      for (const id of ids) await note(hold(), id);
      const before = [await writes(), ...(await Promise.all(ids.map(completed)))];
      await hold().restart({ keys: withoutKey() });
      for (const id of ids) {
        await eventually('its task fails', async () =>
          (await attacker.history(id)).some((event) => event.workflowTaskFailedEventAttributes),
        );
        assert.equal(await attacker.status(id), 1);
      }
      assert.deepEqual([await writes(), ...(await Promise.all(ids.map(completed)))], before);
      await hold().restart();
      for (const id of ids) {
        await eventually('the note is taken', async () => (await lane.client.caseView(id)).notes.length === 1);
        await goesOn(hold(), id);
      }
    });
  });
}
