import { describeHostileMessages } from './attacks/hostile-messages.js';
import { describeAttacks } from './helpers/describe-attacks.js';

describeAttacks('attacks on Temporal, by hostile messages', describeHostileMessages);
