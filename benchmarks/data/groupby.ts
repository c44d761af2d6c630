import { ByteWriter } from './byte-writer.js';
import { Random } from './random.js';

const COMMA = 44;
const POINT = 46;
const GROUPS = 100;

/**
 * The table of db-benchmark's groupby questions, with its K of 100: id1, id2 of 100 values, id3 of rows / 100, id4 and id5 1..100, id6 1..rows / 100,
 * v1 1..5, v2 1..15, v3 uniform over 0..100 with six decimals. The same `rows` and `seed` give the same bytes.
 */
export function writeGroupby(path: string, rows: number, seed = 108): void {
  const random = new Random(seed);
  const small = Math.max(1, Math.floor(rows / GROUPS));
  const out = new ByteWriter(path);
  out.text('id1,id2,id3,id4,id5,id6,v1,v2,v3\n');
  for (let row = 0; row < rows; row++) {
    id(out, 1 + random.below(GROUPS), 3);
    id(out, 1 + random.below(GROUPS), 3);
    id(out, 1 + random.below(small), 10);
    integer(out, 1 + random.below(GROUPS));
    integer(out, 1 + random.below(GROUPS));
    integer(out, 1 + random.below(small));
    integer(out, 1 + random.below(5));
    integer(out, 1 + random.below(15));
    const millionths = random.below(100_000_001);
    out.digits(Math.floor(millionths / 1e6));
    out.byte(POINT);
    out.digits(millionths % 1e6, 6);
    out.endRow();
  }
  out.close();
}

function id(out: ByteWriter, value: number, width: number): void {
  out.text('id');
  out.digits(value, width);
  out.byte(COMMA);
}

function integer(out: ByteWriter, value: number): void {
  out.digits(value);
  out.byte(COMMA);
}
