import * as assert from 'uvu/assert';
import { DataError, ResourceError } from '../../lib/index.js';
import { systemError } from '../../lib/io/errors.js';
import { suite } from '../support/suite.js';

const test = suite('errors of files');

test('what the system says of a path', () => {
  const said: readonly [code: string, kind: typeof DataError | typeof ResourceError, message: string][] = [
    ['ENOENT', DataError, "'f' is not there any more: it was when the query was planned. Run the query again."],
    [
      'EACCES',
      DataError,
      "'f' cannot be read: permission denied. This process needs the right to read it, and to enter the folders it is in.",
    ],
    ['ELOOP', DataError, "'f' cannot be read: its symbolic links lead in a circle."],
    [
      'EISDIR',
      DataError,
      "'f' is a directory, and only regular files are read: a scan reads ranges of them, on several threads. Copy its bytes into a file first.",
    ],
    [
      'EMFILE',
      ResourceError,
      "'f' cannot be opened: this process has as many files open as it may. Close some, or raise the limit (ulimit -n).",
    ],
    ['EIO', DataError, "'f' cannot be read: the system says EIO (EIO: of the test)."],
  ];
  for (const [code, kind, message] of said) {
    const typed = systemError(Object.assign(new Error(`${code}: of the test`), { code }), 'f');
    assert.instance(typed, kind, code);
    assert.is((typed as Error).message, message);
  }
  const other = new Error('something else');
  assert.is(systemError(other, 'f'), other);
});

test.run();
