import { fuzzSuite } from './fuzz-suite.js';

const test = fuzzSuite('csv');

test.run();
