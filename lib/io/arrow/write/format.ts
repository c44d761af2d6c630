import { FileSource } from '../../byte-source.js';
import type { ByteSink, EncodeRequest, WriteFormat } from '../../encoder.js';
import { fileChanged } from '../../errors.js';
import { fileFacts } from '../../files.js';
import { openArrow } from '../file.js';
import { MESSAGE } from '../message.js';
import { writeEnd, writeMetadata, type WrittenMessage } from './body.js';
import { ArrowEncoder } from './encoder.js';
import { writeFooter, writeHead } from './footer.js';
import { readArrowWriteOptions } from './options.js';
import { schemaNode } from './schema.js';

const COPY_BYTES = 1024 * 1024;

/** Makes one file of finished ones of the same schema: their record batches as they are. */
function joinArrow(parts: readonly string[], { schema }: EncodeRequest, out: ByteSink, isStream: boolean): void {
  if (!isStream) writeHead(out);
  writeMetadata(out, MESSAGE.schema, schemaNode(schema), 0);
  const batches: WrittenMessage[] = [];
  const buffer = new Uint8Array(COPY_BYTES);
  for (const path of parts) {
    const source = new FileSource(fileFacts(path));
    try {
      for (const { at, metadataBytes, bodyBytes } of openArrow(source.file).batches) {
        batches.push({ at: out.position, metadataBytes, bodyBytes });
        const end = at + metadataBytes + bodyBytes;
        for (let position = at; position < end;) {
          const piece = buffer.subarray(0, Math.min(COPY_BYTES, end - position));
          if (source.read(position, piece) < piece.length) throw fileChanged(path);
          out.write(piece);
          position += piece.length;
        }
      }
    } finally {
      source.close();
    }
  }
  writeEnd(out);
  if (!isStream) writeFooter(out, schema, batches);
}

function arrowFormat(name: string, isStream: boolean): WriteFormat {
  return {
    name,
    extension: () => name,
    check: ({ options }) => void readArrowWriteOptions(options),
    open: (context, request, out) => new ArrowEncoder(context, request, out, isStream),
    join: (parts, request, out) => joinArrow(parts, request, out, isStream),
  };
}

/** Arrow IPC files, written. */
export const ARROW_WRITE = arrowFormat('arrow', false);
/** Arrow IPC streams, written. */
export const ARROW_STREAM_WRITE = arrowFormat('arrows', true);
