import { fuzzSuite } from './fuzz-suite.js';

const test = fuzzSuite('arrow');

test.run();
