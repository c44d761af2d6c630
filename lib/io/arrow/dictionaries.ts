import { PHYSICAL_WIDTH } from '../../core/types/physical-type.js';
import type { DecoderContext } from '../source.js';
import { damagedArrow, readingArrow } from './errors.js';
import { messageBytes, type ArrowFile, type DictionaryPlace } from './file.js';
import type { ArrowInput } from './input.js';
import { dictionaryOf, readBatch, readMessage } from './message.js';
import { ArrowSpace, OpenBatch } from './open-batch.js';
import { openColumn } from './open-column.js';
import type { ArrowField } from './schema.js';

/** A dictionary's values as vectors. `nulls` 0: none is null. */
export interface DictionaryValues {
  readonly values: number;
  readonly nulls: number;
  readonly size: number;
}

/** The dictionaries of a file as a record batch sees them: read when they are asked for, kept while they stay the same. */
export class Dictionaries {
  readonly #space: ArrowSpace;
  #file: ArrowFile | undefined;
  #open: ArrowInput | undefined;
  #batch = 0;
  /** By id and places of the batches that they are made of. */
  readonly #known = new Map<string, DictionaryValues>();

  constructor(context: DecoderContext) {
    this.#space = new ArrowSpace(context);
  }

  get bytesRead(): number {
    return this.#space.bytesRead;
  }

  /** From now on dictionaries of this record batch are asked for. */
  begin(file: ArrowFile, open: ArrowInput, batch: number): void {
    if (file !== this.#file) this.forget();
    this.#file = file;
    this.#open = open;
    this.#batch = batch;
  }

  forget(): void {
    this.#known.clear();
    this.#space.pool.recycle();
    this.#file = undefined;
  }

  /** @throws DataError where there is none. */
  of(field: ArrowField): DictionaryValues {
    const file = this.#file!;
    const { id } = field.dictionary!;
    let places: DictionaryPlace[] = [];
    for (const place of file.dictionaries) {
      if (place.from > this.#batch) break;
      if (place.id !== id) continue;
      // Deltas are more values; anything else is another dictionary.
      if (place.isDelta) places.push(place);
      else places = [place];
    }
    if (places.length === 0)
      throw damagedArrow(file.facts.path, file.batches[this.#batch]!.at, `column "${field.name}" has no dictionary`);
    const key = `${id} ${field.node} ${places.map(({ at }) => at).join(' ')}`;
    let known = this.#known.get(key);
    if (known === undefined) {
      known = this.#read(field, places);
      this.#known.set(key, known);
    }
    return known;
  }

  #read(field: ArrowField, places: readonly DictionaryPlace[]): DictionaryValues {
    const space = this.#space;
    const own: ArrowField = { ...field, dictionary: undefined, children: [], node: 0 };
    const column = openColumn(space, own, this);
    const width = PHYSICAL_WIDTH[column.physical];
    const pieces = places.map((place) => {
      const header = readingArrow(this.#file!.facts.path, place.at, () =>
        readBatch(dictionaryOf(readMessage(messageBytes(this.#open!, place)).header).data),
      );
      const batch = new OpenBatch(space, this.#file!, this.#open!, place, header, [own]);
      column.prepare(batch, 0, header.rows);
      const taken = column.take(0, header.rows, 0);
      batch.close();
      return { ...taken, rows: header.rows };
    });
    const size = pieces.reduce((sum, { rows }) => sum + rows, 0);
    if (pieces.length === 1 && size > 0) return { values: pieces[0]!.values, nulls: pieces[0]!.nulls, size };
    const { u8 } = space.context.executor.views;
    const values = space.transient(Math.max(1, size) * width);
    const nulls = pieces.some((piece) => piece.nulls !== 0) ? space.transient(Math.max(1, size)) : 0;
    u8.fill(0, values, values + Math.max(1, size) * width);
    if (nulls !== 0) u8.fill(0, nulls, nulls + size);
    let row = 0;
    for (const piece of pieces) {
      u8.copyWithin(values + row * width, piece.values, piece.values + piece.rows * width);
      if (piece.nulls !== 0) u8.copyWithin(nulls + row, piece.nulls, piece.nulls + piece.rows);
      row += piece.rows;
    }
    return { values, nulls, size };
  }
}
