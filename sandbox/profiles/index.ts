import { flow } from './flow.js';
import type { Profile, ProfileName } from './profile.js';
import { reference } from './reference.js';
import { runner } from './runner.js';

export const PROFILES: Readonly<Record<ProfileName, Profile>> = { runner, flow, reference };
