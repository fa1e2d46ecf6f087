import { PROFILES } from '../sandbox/profiles/index.js';
import { describeProfiles } from './profiles/carried.js';

const profiles = Object.keys(PROFILES) as (keyof typeof PROFILES)[];
// Every other test of whole lifecycles is one by the runner.
describeProfiles(profiles.filter((profile) => profile !== 'runner'));
