import { describeFaults } from './profiles/carried.js';

describeFaults(20);
