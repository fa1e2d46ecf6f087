import { PROFILES } from '../src/sandbox/profiles/index.js';
import { describeFaults, describeProfiles } from './profiles/carried.js';

describeProfiles(Object.keys(PROFILES) as (keyof typeof PROFILES)[]);
describeFaults(1);
