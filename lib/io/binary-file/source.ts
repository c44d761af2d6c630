import { DataError } from '../../core/errors.js';
import { Space } from '../../memory/block-space.js';
import { FRAME_SLOTS, SLOT_BYTES, SLOT_FLAG_NO_NULLS, VIEW_BYTES, ZEROS } from '../../memory/layout.js';
import { writeValue } from '../../memory/write-values.js';
import { BINARY } from '../../core/types/data-type.js';
import { FileSource } from '../byte-source.js';
import { ConstantVector } from '../constant-vector.js';
import { factOf, type FactName } from '../file-metadata.js';
import type { DecoderContext, DecoderTask, ScanReader, WantedColumn } from '../source.js';
import { COLUMNS, type BinaryFileDetail } from './format.js';

/** What each column but the last one is. */
const FACTS: readonly FactName[] = ['file_path', 'file_modification_time', 'file_size'];
const CONTENT = FACTS.length;
/** A value cannot be longer than its length word says. */
const BYTES_MAX = 2 ** 31 - 1;
/** Kernels read whole vectors. */
const SLACK_BYTES = 64;

/** A file is a task and a row. Bytes are read only where the content is asked for. */
export class BinaryFileSource implements ScanReader {
  bytesRead = 0;
  readonly rowsRejected = 0;
  readonly #space: Space;
  readonly #facts = new Map<number, ConstantVector>();
  readonly #view: number;
  #file = 0;
  #isPending = false;
  #address = 0;
  #bytes = 0;

  constructor(
    private readonly context: DecoderContext,
    private readonly detail: BinaryFileDetail,
  ) {
    this.#space = new Space(context.scratch);
    // And a null byte, which is written with a value.
    this.#view = this.#space.allocate(VIEW_BYTES + 1);
  }

  open({ split }: DecoderTask): void {
    this.#file = split[0]!;
    this.#isPending = true;
    this.bytesRead = 0;
  }

  next(): number {
    if (!this.#isPending) return 0;
    this.#isPending = false;
    return 1;
  }

  load(columns: readonly WantedColumn[], _sel: number, n: number): void {
    if (n === 0) return;
    for (const { column, slot } of columns) {
      if (column === CONTENT) this.#loadContent(slot);
      else this.#loadFact(column, slot);
    }
  }

  close(): void {
    if (this.#address !== 0) this.context.scratch.free(this.#address, this.#bytes);
    this.#address = 0;
  }

  #loadFact(column: number, slot: number): void {
    let vector = this.#facts.get(slot);
    if (vector === undefined) {
      vector = new ConstantVector(this.context, this.#space, slot, COLUMNS.fields[column]!.type);
      this.#facts.set(slot, vector);
    }
    if (vector.file !== this.#file) vector.fill(this.#file, factOf(FACTS[column]!, this.detail.files[this.#file]!));
    vector.bind();
  }

  #loadContent(slot: number): void {
    const file = this.detail.files[this.#file]!;
    if (file.size > BYTES_MAX)
      throw new DataError({
        code: 'VALUE_TOO_LARGE',
        message: `'${file.path}' has ${file.size} bytes: a value has at most ${BYTES_MAX}. Leave the column content out.`,
        path: file.path,
      });
    const { views } = this.context.executor;
    this.close();
    this.#bytes = file.size + SLACK_BYTES;
    this.#address = this.context.scratch.allocate(this.#bytes);
    const source = new FileSource(file);
    try {
      this.bytesRead += source.read(0, views.u8.subarray(this.#address, this.#address + file.size));
    } finally {
      source.close();
    }
    const bytes = views.u8.subarray(this.#address, this.#address + file.size);
    writeValue(views, { type: BINARY, values: this.#view, nulls: this.#view + VIEW_BYTES }, 0, bytes, () => this.#address);
    const record = (this.context.frame + FRAME_SLOTS + slot * SLOT_BYTES) >>> 2;
    views.u32[record] = this.#view;
    views.u32[record + 1] = ZEROS;
    views.u32[record + 2] = SLOT_FLAG_NO_NULLS;
  }
}
