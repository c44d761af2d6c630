import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DataFrame, Session } from '../../lib/index.js';
import { projectPath, sharedPath } from '../support/paths.js';
import type { Seed, Shape } from './mutate.js';

/** A format under fire. */
export interface FuzzedFormat {
  readonly name: string;
  readonly extension: string;
  readonly shape: Shape;
  /** Files that nobody here wrote, where they are, and files that are written now. */
  seeds(session: Session, folder: string): Promise<readonly Seed[]>;
}

const SEED_BYTES_MAX = 32 * 1024;

const text = (...pieces: string[]): Buffer[] => pieces.map((piece) => Buffer.from(piece));
const whole = (bytes: Buffer): [number, number][] => [[0, bytes.length]];

/** Rows of every kind that formats of types can hold. */
function variousRows(session: Session): DataFrame {
  return session.sql(`SELECT id, CAST(id AS INT) AS i, id % 3 = 0 AS b, id * 1.5D AS d, CAST(id * 0.25 AS DECIMAL(30,4)) AS wide, CAST(id AS DECIMAL(9,2)) AS narrow,
    CASE WHEN id % 5 = 0 THEN NULL ELSE concat('text ', CAST(id % 7 AS STRING)) END AS s, concat('a longer text without end ', CAST(id AS STRING)) AS t,
    date_add(DATE '2024-01-01', CAST(id AS INT)) AS day, TIMESTAMP '2024-01-01 00:00:00' AS moment, array(id, id + 1, NULL) AS list,
    named_struct('x', id, 'y', CAST(id AS STRING)) AS struct, map(CAST(id AS STRING), id) AS map FROM range(200)`);
}

async function written(session: Session, folder: string, format: string, variants: readonly object[]): Promise<Seed[]> {
  const seeds: Seed[] = [];
  for (const [i, options] of variants.entries()) {
    const path = join(folder, `seed-${i}.${format}`);
    let writer = variousRows(session).write.format(format).mode('overwrite');
    for (const [name, value] of Object.entries(options)) writer = writer.option(name, value as string);
    await writer.save(path);
    seeds.push({ name: `written ${JSON.stringify(options)}`, bytes: readFileSync(path) });
  }
  return seeds;
}

function corpus(folder: string, extension: string): Seed[] {
  const path = sharedPath(`corpora/${folder}`);
  if (path === undefined) return [];
  return readdirSync(path)
    .filter((name) => name.endsWith(extension))
    .sort()
    .map((name) => ({ name, bytes: readFileSync(join(path, name)) }))
    .filter(({ bytes }) => bytes.length <= SEED_BYTES_MAX);
}

const PARQUET: FuzzedFormat = {
  name: 'parquet',
  extension: 'parquet',
  shape: {
    pieces: [],
    // The footer, by the length before the last four bytes; the first page headers.
    hot: (bytes) => {
      const footer = bytes.length < 12 ? 0 : bytes.readUInt32LE(bytes.length - 8);
      return [
        [Math.max(0, bytes.length - 8 - footer), bytes.length],
        [Math.max(0, bytes.length - 8 - footer), bytes.length - 8],
        [4, Math.min(bytes.length, 64)],
      ];
    },
  },
  seeds: async (session, folder) => [
    ...corpus('parquet', '.parquet'),
    ...(await written(session, folder, 'parquet', [
      {},
      { compression: 'gzip' },
      { compression: 'lz4_raw' },
      { compression: 'uncompressed', 'parquet.page.size': '256' },
      { 'parquet.enable.dictionary': 'false', bloomFilter: 's,id' },
    ])),
  ],
};

const JSON_LINES: FuzzedFormat = {
  name: 'json',
  extension: 'json',
  shape: {
    hot: whole,
    pieces: text(
      '{', '}', '[', ']', '"', ':', ',', '\\', '\n', '\r\n', '\\u', '\\ud800', '\\"', 'null', 'true', 'tru', '-', '-0', '1e999', '1e-999', '0.1e', '01',
      '99999999999999999999999', '[[[[[[[[', '{"a":'.repeat(70), '['.repeat(3000), '\u0000', '\ufeff', '"\ufffd', '{"__proto__":1}', ' '.repeat(200),
    ), // prettier-ignore
  },
  seeds: async (session, folder) => [
    ...(await written(session, folder, 'json', [{}])),
    ...[
      '{"a":1,"b":"x","c":[1,2,3],"d":{"e":1.5,"f":"hey"}}\n{"a":2,"b":null,"c":[],"d":{"e":2.5}}\n',
      '[{"a":1},{"a":"two"},{"b":[{"c":[[1],[2,null]]}]}]',
      '{\n  "a": 1,\n  "b": [\n    true,\n    null\n  ]\n}\n',
      '{"s":"\\u00e9\\ud83d\\ude00 \\n \\" \\\\","d":"2024-02-29","t":"2024-02-29T12:00:00Z"}\n',
    ].map((document, i) => ({ name: `document ${i}`, bytes: Buffer.from(document) })),
  ],
};

const CSV: FuzzedFormat = {
  name: 'csv',
  extension: 'csv',
  shape: {
    hot: whole,
    pieces: text('"', '""', ',', ';', '\t', '|', '\n', '\r', '\r\n', '\n\n', "'", '\\', '\\"', '#', '\u0000', '\ufeff', 'NULL', 'NA', '1e999', '-', '0x', '99999999999999999999', ','.repeat(500), '"\n'.repeat(50), ' '.repeat(100)), // prettier-ignore
  },
  seeds: async () => [
    ...corpus('csv-spectrum/csvs', '.csv'),
    {
      name: 'plain',
      bytes: Buffer.from(
        `a,b,c,d\n${Array.from({ length: 40 }, (_, i) => `${i},${i / 4},t${i},2024-01-${10 + (i % 20)}`).join('\n')}\n`,
      ),
    },
    {
      name: 'quoted',
      bytes: Buffer.from(`a,b\n${Array.from({ length: 40 }, (_, i) => `${i},"say ""${i}"",\r\nand go"`).join('\r\n')}`),
    },
  ],
};

const ARROW: FuzzedFormat = {
  name: 'arrow',
  extension: 'arrow',
  shape: {
    pieces: [],
    // The footer, by the length before the magic; messages begin at multiples of 64.
    hot: (bytes) => {
      const footer = bytes.length < 12 ? 0 : bytes.readUInt32LE(bytes.length - 10);
      const spans: [number, number][] = [[Math.max(0, bytes.length - 10 - footer), bytes.length]];
      for (
        let at = bytes.indexOf('ffffffff', 0, 'hex');
        at !== -1 && spans.length < 20;
        at = bytes.indexOf('ffffffff', at + 4, 'hex')
      )
        spans.push([at, Math.min(bytes.length, at + 400)]);
      return spans;
    },
  },
  seeds: async (session, folder) => {
    const golden = projectPath('tests/golden/arrow');
    return [
      ...readdirSync(golden)
        .filter((name) => !name.endsWith('.json'))
        .sort()
        .map((name) => ({ name, bytes: readFileSync(join(golden, name)) })),
      ...(await written(session, folder, 'arrow', [{}, { compression: 'lz4' }])),
      ...(await written(session, folder, 'arrows', [{}])),
    ];
  },
};

export const FORMATS: readonly FuzzedFormat[] = [PARQUET, JSON_LINES, CSV, ARROW];
