import { readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { localMaxima, localMaximaText } from '../../demo/local-maxima.js';
import { salesFile } from '../../demo/sales.js';
import { Session } from '../../lib/index.js';
import { suite } from '../support/suite.js';
import { withTempFolder } from '../support/temp-folder.js';

const test = suite('demo');

for (const workers of [1, 2]) {
  test(`partitions [3,8,1], [7,2,9], [4,6,5] with ${workers} executors: local maxima 8, 9, 6, and 9`, async () => {
    await using session = await Session.create({ workers });
    const result = await localMaxima(session);
    assert.equal(result, {
      partitions: [
        [3, 8, 1],
        [7, 2, 9],
        [4, 6, 5],
      ],
      maxima: [8, 9, 6],
      maximum: 9,
    });
    assert.is(
      localMaximaText(result),
      `partition 0: [3, 8, 1] → local maximum 8
partition 1: [7, 2, 9] → local maximum 9
partition 2: [4, 6, 5] → local maximum 6
local maxima 8, 9, 6 → 9
`,
    );
  });
}

test('the orders are always the same', () =>
  withTempFolder((folder) => {
    const shares: number[] = [];
    const path = salesFile(folder, (share) => shares.push(share), 20_000);
    const lines = readFileSync(path, 'utf8').split('\n');
    assert.is(lines.length, 20_002);
    assert.is(lines[1], '1,2025-01-01 07:52:18,US,"Portland, ME",Kettle,kitchen,3,34.90,0.1,30216,phone');
    assert.equal(shares, [1]);
    assert.is(
      salesFile(folder, () => assert.unreachable('made twice'), 20_000),
      path,
    );
  }));

test.run();
