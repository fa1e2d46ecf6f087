import { ACTIVITY_NAMES } from './attacks/activities.js';
import { describeAnswers } from './attacks/answers.js';
import { describeForeignActivities } from './attacks/foreign-activities.js';
import { describeMissingKey } from './attacks/missing-key.js';
import { describeAttacks } from './helpers/describe-attacks.js';

describeAttacks(
  'attacks on Temporal, by activities',
  describeForeignActivities(ACTIVITY_NAMES),
  describeAnswers,
  describeMissingKey,
);
