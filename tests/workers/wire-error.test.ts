import * as assert from 'uvu/assert';
import { CancelledError, DataError, InternalError, QueryError, ResourceError } from '../../lib/core/errors.js';
import { decodeError, encodeError } from '../../workers/wire-error.js';
import { suite } from '../support/suite.js';

const test = suite('wire error');
const round = (error: unknown, bytes = 8192): Error & { code?: string } => decodeError(encodeError(error, bytes).toString());

test('class, code, message and place survive', () => {
  const data = round(
    new DataError({ code: 'BAD_VALUE', message: 'No number.', path: 'a.csv', byte: 5_000_000_000, row: 3, column: '__proto__' }),
  ) as DataError;
  assert.instance(data, DataError);
  assert.equal(
    [data.name, data.code, data.message, data.path, data.byte, data.row, data.column],
    ['DataError', 'BAD_VALUE', 'No number.', 'a.csv', 5_000_000_000, 3, '__proto__'],
  );
  const query = new QueryError({
    code: 'DIVIDE_BY_ZERO',
    message: 'Division by zero.',
    at: { start: 7, end: 12 },
    sql: 'SELECT 1 / 0',
  });
  assert.equal([round(query).message, (round(query) as QueryError).at], [query.message, { start: 7, end: 12 }]);
  assert.instance(round(new ResourceError({ code: 'OUT_OF_MEMORY', message: 'x' })), ResourceError);
  assert.instance(round(new CancelledError({ code: 'CANCELLED', message: 'x' })), CancelledError);
});

test('bugs stay bugs and keep their place', () => {
  const trap = round(new WebAssembly.RuntimeError('unreachable'));
  assert.instance(trap, InternalError);
  assert.is(trap.message, 'RuntimeError in a task: unreachable. This is a bug in quern.');
  assert.match(trap.stack!, /in an executor: at .*wire-error\.test/s);
  assert.is(round(new InternalError('Lost.')).message, 'Lost. This is a bug in quern.');
  assert.is(round({ odd: true }).message, 'An executor threw [object Object]. This is a bug in quern.');
});

test('what does not fit is cut, never garbled', () => {
  const long = round(new QueryError({ code: 'X', message: 'ü"\u2028'.repeat(10_000) }), 1000);
  assert.instance(long, QueryError);
  assert.match(long.message, /^ü"\u2028.*…$/s);
  assert.match(decodeError('{"class":').message, /^An executor's error could not be read/);
});

test.run();
