import { describe } from 'node:test';
import { describeFuzz } from './fuzz/describe.js';

describe('whatever comes from outside, many times', () =>
  describeFuzz({ answers: { runs: 40, cases: 8 }, messages: { runs: 40, messages: 60 } }));
