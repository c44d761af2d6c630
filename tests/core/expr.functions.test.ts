import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { AGGREGATE_FUNCTIONS, FUNCTIONS, SCALAR_FUNCTIONS } from '../../lib/core/expr/functions/index.js';
import { UNBUILT_FUNCTIONS } from '../../lib/core/expr/functions/unbuilt.js';

const entries = [...new Set(FUNCTIONS.values())];

test('every name means one function', () => {
  const names = entries.flatMap((e) => [e.name, ...e.aliases]);
  assert.equal(
    names.filter((n, i) => names.indexOf(n) !== i),
    [],
  );
  assert.equal(
    names.filter((n) => n !== n.toLowerCase()),
    [],
  );
  assert.is(new Set(SCALAR_FUNCTIONS).size, SCALAR_FUNCTIONS.length);
  assert.is(new Set(AGGREGATE_FUNCTIONS).size, AGGREGATE_FUNCTIONS.length);
});

test('what is built is not called unbuilt', () => {
  assert.equal(
    [...UNBUILT_FUNCTIONS].filter((n) => FUNCTIONS.has(n)),
    [],
  );
});

test('every entry is documented and can be bound', () => {
  for (const entry of entries) {
    assert.match(entry.doc, /\S.*\.$/, entry.name);
    assert.ok(entry.example.length > 0, entry.name);
    assert.ok(entry.kind === 'generator' || entry.resolve !== undefined || entry.signatures.length > 0, entry.name);
  }
});

test.run();
