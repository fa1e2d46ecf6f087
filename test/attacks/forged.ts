import { place } from '../../src/lifecycle/slots.js';
import { parseKeyRing } from '../../src/secrets/key-ring.js';
import { encrypt } from '../../src/temporal/payload-codec.js';
import { KEYS } from '../helpers/lane.js';
import { plain } from './attacker.js';

/** What only somebody with the key ring can make. */
export function forged(slot: string, body: unknown, at: { workflowId: string; activityId?: string }) {
  return encrypt({ keys: parseKeyRing(KEYS), namespace: 'default' }, plain(place(slot, body)), at);
}
