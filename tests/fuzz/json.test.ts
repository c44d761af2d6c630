import { fuzzSuite } from './fuzz-suite.js';

const test = fuzzSuite('json');

test.run();
