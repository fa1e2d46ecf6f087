import { describeChoices } from './optional-parts/describe.js';
import { allChoices, refusedOf } from './optional-parts/parts.js';

describeChoices(
  'what is asked for is done, and nothing else: all subsets',
  allChoices().filter((choice) => refusedOf(choice).length === 0),
);
