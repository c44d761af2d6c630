import * as zlib from 'node:zlib';
import type { ZSTDDecoder } from 'zstddec/stream';

type Decompress = (block: Uint8Array, room: number) => Uint8Array;

/** Node has zstd from 22.15 and 23.8 on; its types here are those of the oldest Node that quern runs on. */
const native = (zlib as { readonly zstdDecompressSync?: (block: Uint8Array, options: { maxOutputLength: number }) => Uint8Array })
  .zstdDecompressSync;

/** For the Nodes that have none. Loaded with the module, because what decompresses cannot wait. */
export const zstdDecoder: ZSTDDecoder | undefined = native === undefined ? await loadDecoder() : undefined;

/**
 * Decompresses zstd frames whose text has at most `room` bytes. Throws, or returns something of another length, where they are damaged.
 */
export const zstdDecompress: Decompress = (block, room) =>
  native === undefined ? zstdDecoder!.decode(block, room) : native(block, { maxOutputLength: Math.max(1, room) });

async function loadDecoder(): Promise<ZSTDDecoder> {
  const { ZSTDDecoder } = await import('zstddec/stream');
  const decoder = new ZSTDDecoder();
  await withoutFetch(() => decoder.init());
  return decoder;
}

/** The library would load its code through `fetch`, which takes 70 ms to load itself. */
function withoutFetch<T>(run: () => T): T {
  const held = Object.getOwnPropertyDescriptor(globalThis, 'fetch');
  if (held === undefined) return run();
  Object.defineProperty(globalThis, 'fetch', { value: undefined, configurable: true, writable: true });
  try {
    return run();
  } finally {
    Object.defineProperty(globalThis, 'fetch', held);
  }
}
