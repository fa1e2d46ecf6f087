import { describe } from 'node:test';
import { describeFuzz } from './fuzz/describe.js';

describe('whatever comes from outside', () =>
  describeFuzz({ answers: { runs: 1, cases: 6 }, messages: { runs: 1, messages: 40 }, seed: 17 }));
