import { describeForeignActivities, OF_USE } from './attacks/foreign-activities.js';
import { describeMessages } from './attacks/messages.js';
import { describeStarts } from './attacks/starts.js';
import { describeAttacks } from './helpers/describe-attacks.js';

describeAttacks('attacks on Temporal', describeMessages, describeStarts, describeForeignActivities(OF_USE));
