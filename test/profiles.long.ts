import { describeFaults, describeProfiles } from './profiles/carried.js';

describeProfiles(['runner']);
describeFaults(20);
