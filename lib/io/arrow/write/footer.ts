import type { Schema } from '../../../core/types/data-type.js';
import type { ByteSink } from '../../encoder.js';
import type { WrittenMessage } from './body.js';
import { i16, ref, structs, table, writeFlat } from './flat-writer.js';
import { schemaNode } from './schema.js';

const VERSION_5 = 4;
const MAGIC = 'ARROW1';

export function writeHead(out: ByteSink): void {
  out.write(Buffer.from(`${MAGIC}\0\0`, 'latin1'));
}

/** The footer of a file: its schema and where its record batches are. */
export function writeFooter(out: ByteSink, schema: Schema, batches: readonly WrittenMessage[]): void {
  const words = batches.flatMap(({ at, metadataBytes, bodyBytes }) => [at, metadataBytes, bodyBytes]);
  const footer = writeFlat(table(i16(VERSION_5), ref(schemaNode(schema)), ref(structs(3, [])), ref(structs(3, words))));
  out.write(footer);
  const tail = Buffer.alloc(4 + MAGIC.length);
  tail.writeInt32LE(footer.length);
  tail.write(MAGIC, 4, 'latin1');
  out.write(tail);
}
