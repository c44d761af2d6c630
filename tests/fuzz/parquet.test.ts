import { fuzzSuite } from './fuzz-suite.js';

const test = fuzzSuite('parquet');

test.run();
