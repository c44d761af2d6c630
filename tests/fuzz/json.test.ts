import { fuzzSuite } from './fuzz-suite.js';

fuzzSuite('json');
