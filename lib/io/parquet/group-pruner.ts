import type { ColumnTest } from '../../core/types/column-test.js';
import type { ScanFigures } from '../../core/types/scan-figures.js';
import { Space } from '../../memory/block-space.js';
import type { FileSource } from '../byte-source.js';
import type { DecoderContext } from '../source.js';
import { bloomMayHave, hashOf, plainBytes, type Hash } from './bloom.js';
import { asksDictionary, dictionaryMayPass, isLookedThrough } from './dictionary-test.js';
import { fileColumn, type FileColumn } from './file-columns.js';
import type { ParquetFile } from './footer.js';
import type { ParquetColumn } from './inspect.js';
import type { LeafDictionary } from './leaf-dictionary.js';
import type { ColumnChunk } from './metadata.js';
import { indexedRows, intersect, type RowRange } from './page-pruning.js';
import { prepareTests, type PreparedTest } from './statistics.js';

/** Longer texts are not looked up in Bloom filters. */
const HASHED_BYTES_MAX = 4096;
/** So many values of an IN list at most. */
const HASHED_VALUES_MAX = 64;

type Leaf = Extract<FileColumn, { kind: 'leaf' }>;

interface LeafTest {
  readonly test: PreparedTest;
  readonly leaf: Leaf;
  readonly type: ParquetColumn['type'];
  /** undefined: a Bloom filter cannot tell. Made when first needed. */
  hashes: readonly Hash[] | undefined | 'unknown';
}

/** Finds out, from cheap to dear, which rows of a row group may pass a scan's conditions: Bloom filters, page indexes, dictionaries. Statistics were asked before there was a task. */
export class GroupPruner {
  readonly #tests: readonly PreparedTest[];
  readonly #scratch: number;
  #file: ParquetFile | undefined;
  #leafTests: LeafTest[] = [];

  constructor(
    private readonly context: DecoderContext,
    private readonly columns: readonly ParquetColumn[],
    tests: readonly ColumnTest[],
  ) {
    this.#tests = prepareTests(columns, tests);
    this.#scratch = this.#tests.length === 0 ? 0 : new Space(context.scratch).allocate(HASHED_BYTES_MAX + 64);
  }

  /** Ranges of `rows` that may have rows which pass. `dictionaryOf`: the dictionary of a column that is wanted anyway. */
  survivors(
    file: ParquetFile,
    open: FileSource,
    group: number,
    rows: RowRange,
    dictionaryOf: (column: number) => LeafDictionary | undefined,
    figures: ScanFigures,
  ): RowRange[] {
    if (this.#tests.length === 0) return [rows];
    this.#resolve(file);
    const { columns, rows: groupRows } = file.metadata.groups[group]!;
    for (const test of this.#leafTests) {
      const chunk = columns[test.leaf.node.leaf];
      if (chunk === undefined || this.#bloomPasses(file, open, chunk, test)) continue;
      figures.groupsByBloom++;
      return [];
    }
    let left: RowRange[] = [rows];
    for (const { test, leaf } of this.#leafTests) {
      const chunk = columns[leaf.node.leaf];
      const found = chunk && indexedRows(file, open, chunk, groupRows, leaf.node.element, leaf.conversion, test);
      if (found === undefined) continue;
      left = intersect(left, found.ranges);
      figures.pagesByIndex += found.skipped;
      if (left.length > 0) continue;
      figures.groupsByIndex++;
      return [];
    }
    for (const { test, leaf, type } of this.#leafTests) {
      if (!asksDictionary(test) || columns[leaf.node.leaf]?.allDictionary !== 1) continue;
      const dictionary = dictionaryOf(test.column);
      if (dictionary === undefined || !dictionary.read() || !isLookedThrough(type, dictionary.size)) continue;
      if (dictionaryMayPass(this.context.executor.views, dictionary.address, dictionary.size, type, test)) continue;
      figures.groupsByDictionary++;
      return [];
    }
    return left;
  }

  #resolve(file: ParquetFile): void {
    if (file === this.#file) return;
    this.#file = file;
    this.#leafTests = this.#tests.flatMap((test) => {
      const column = this.columns[test.column]!;
      const leaf = fileColumn(file, column);
      return leaf.kind === 'leaf' && leaf.isExact ? [{ test, leaf, type: column.type, hashes: undefined }] : [];
    });
  }

  #bloomPasses(file: ParquetFile, open: FileSource, chunk: ColumnChunk, test: LeafTest): boolean {
    if (chunk.bloomOffset <= 0 || (test.test.op !== '=' && test.test.op !== 'in')) return true;
    test.hashes ??= this.#hashes(test) ?? 'unknown';
    return test.hashes === 'unknown' || bloomMayHave(file, open, chunk, test.hashes);
  }

  #hashes({ test, leaf }: LeafTest): readonly Hash[] | undefined {
    if (test.values.length > HASHED_VALUES_MAX) return undefined;
    const hashes: Hash[] = [];
    for (const value of test.values) {
      const bytes = plainBytes(value, leaf.node.element, leaf.conversion);
      if (bytes === 'absent') continue;
      if (bytes === undefined || bytes.length > HASHED_BYTES_MAX) return undefined;
      hashes.push(hashOf(this.context.executor, bytes, this.#scratch));
    }
    return hashes;
  }
}
