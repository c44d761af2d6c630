import * as assert from 'uvu/assert';
import { DataError } from '../../lib/index.js';

/** What the DataError says that `work` must end with. */
export async function dataErrorOf(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    assert.instance(error, DataError);
    return (error as Error).message;
  }
  throw new Error('Nothing was thrown.');
}
