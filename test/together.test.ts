import { describeTogether } from './helpers/together.js';

describeTogether();
