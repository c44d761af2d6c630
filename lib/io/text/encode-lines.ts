import { CompressedSink, type TextCompression } from './compressed-sink.js';
import { RowText, type LineLayout } from './row-text.js';
import type { ByteSink, EncodeRequest, EncoderContext, FileEncoder } from '../encoder.js';

/** An encoder whose files are lines of text, after a text of their own. */
export function encodeLines(
  context: EncoderContext,
  { schema }: EncodeRequest,
  out: ByteSink,
  {
    layout,
    head = '',
    compression,
  }: { readonly layout: LineLayout; readonly head?: string; readonly compression: TextCompression },
): FileEncoder {
  const compressed = compression === 'none' ? undefined : new CompressedSink(out, compression);
  const rows = new RowText(context, schema, layout, compressed ?? out);
  if (head !== '') rows.writeText(head);
  return {
    writeBlock: (address) => rows.writeBlock(address),
    finish() {
      rows.flush();
      compressed?.finish();
    },
  };
}
