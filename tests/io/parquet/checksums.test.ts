import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { DataError, Engine, type Session } from '../../../lib/index.js';
import { fileFacts } from '../../../lib/io/files.js';
import { openFooter } from '../../../lib/io/parquet/footer.js';
import { newPageHeader, PAGE, readPageHeader } from '../../../lib/io/parquet/page-header.js';
import { ThriftReader } from '../../../lib/io/parquet/thrift.js';
import { seededRandom } from '../../support/random.js';
import { withSessionAndFolder } from '../../support/session.js';
import { suite } from '../../support/suite.js';

/** A bit that flips in a page of a file with checksums is an error, and never another value. */

const test = suite('parquet checksums');
let engine: Engine;
test.before(async () => {
  engine = await Engine.create({ workers: 0 });
});
test.after(() => engine.close());

interface PageBody {
  readonly column: number;
  readonly type: number;
  readonly start: number;
  readonly end: number;
}

/** Where the data of a file's pages lies. */
function pageBodies(path: string): PageBody[] {
  const bytes = readFileSync(path);
  const header = newPageHeader();
  return openFooter(fileFacts(path)).metadata.groups.flatMap(({ columns }) =>
    columns.flatMap((chunk, column) => {
      const pages: PageBody[] = [];
      let at = chunk.dictionaryOffset > 0 ? chunk.dictionaryOffset : chunk.dataOffset;
      for (const end = at + chunk.bytes; at < end;) {
        readPageHeader(new ThriftReader(bytes, at, bytes.length), header);
        const start = at + header.headerBytes;
        at = start + header.bytes;
        pages.push({ column, type: header.type, start, end: at });
      }
      return pages;
    }),
  );
}

const ROWS = `SELECT CAST(id % 50 AS BIGINT) AS few, id AS many, concat('name ', id % 40) AS name, concat('a text of its own: ', id * 7919) AS text,
  array(id % 3, id) AS list, named_struct('day', date_add(DATE '2020-01-01', CAST(id % 100 AS INT))) AS part FROM range(3000)`;

const QUERIES = [
  'SELECT * FROM $t',
  'SELECT count(*) AS n, max(few) AS few FROM $t WHERE few = 7',
  "SELECT count(*) AS n, max(name) AS name FROM $t WHERE name = 'name 7' AND few < 49",
  "SELECT max(part.day) AS day, min(list[1]) AS list FROM $t WHERE part.day > DATE '2020-02-01'",
];
/** Columns that a query decodes whole, or at least the dictionary of. */
const READ_BY = [[0, 1, 2, 3, 4, 5], [0], [2], [4, 5]];

async function messageOf(session: Session, sql: string): Promise<string> {
  try {
    await session.sql(sql).collect();
    return 'no error';
  } catch (error) {
    assert.instance(error, DataError);
    return (error as DataError).message;
  }
}

for (const compression of ['uncompressed', 'snappy', 'gzip', 'zstd', 'lz4_raw'])
  test(`any bit of any page, ${compression}`, () =>
    withSessionAndFolder(engine, async (session, folder) => {
      const random = seededRandom(compression);
      const path = join(folder, 'whole.parquet');
      const options = { compression, rowGroupRows: 2000, 'parquet.page.row.count.limit': 700 };
      await session.sql(ROWS).coalesce(1).write.parquet(path, options);
      const whole = readFileSync(path);
      const pages = pageBodies(path);
      assert.ok(pages.filter(({ type }) => type === PAGE.dictionary).length >= 8, `${pages.length} pages`);
      const damaged = join(folder, 'damaged.parquet');
      for (const { column, type, start, end } of pages) {
        const bytes = Buffer.from(whole);
        const at = random.between(start, end - 1);
        bytes[at]! ^= 1 << random.below(8);
        writeFileSync(damaged, bytes);
        for (const [i, query] of QUERIES.entries()) {
          if (!READ_BY[i]!.includes(column) || (i > 0 && type !== PAGE.dictionary)) continue;
          const message = await messageOf(session, query.replace('$t', `'${damaged}'`));
          assert.match(
            message,
            new RegExp(`damaged at byte ${start}: a page's checksum is 0x[0-9a-f]{8} and should be 0x[0-9a-f]{8}\\.`),
            `${query}, byte ${at} of column ${column}`,
          );
        }
      }
    }));

test.run();
