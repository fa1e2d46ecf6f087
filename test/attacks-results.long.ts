import { describeResults } from './attacks/results.js';
import { describeAttacks } from './helpers/describe-attacks.js';

describeAttacks('attacks on Temporal, by results', describeResults);
