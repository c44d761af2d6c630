import { createRequire } from 'node:module';
import type * as Zstd from 'zstddec/stream';

type Decompress = (block: Uint8Array, room: number) => Uint8Array;

/** Node has zstd from 22.15 and 23.8 on; its types here are those of the oldest Node that quern runs on. Loaded when something is zstd. */
const native = (): ((block: Uint8Array, options: { maxOutputLength: number }) => Uint8Array) | undefined =>
  (process.getBuiltinModule('node:zlib') as { readonly zstdDecompressSync?: ReturnType<typeof native> }).zstdDecompressSync;

let decoder: Zstd.ZSTDDecoder | undefined;

/** A decompressor for the Nodes that have none, loaded when something is zstd. */
export function zstdDecoder(): Zstd.ZSTDDecoder {
  decoder ??= startedDecoder();
  return decoder;
}

/**
 * Decompresses zstd frames whose text has at most `room` bytes. Throws, or returns something of another length, where they are damaged.
 */
export const zstdDecompress: Decompress = (block, room) => {
  const decompress = native();
  return decompress === undefined ? zstdDecoder().decode(block, room) : decompress(block, { maxOutputLength: Math.max(1, room) });
};

/**
 * The library would load its code through `fetch`, which takes 70 ms to load itself, and compile it while its caller waits; but what decompresses cannot wait. So there is no
 * `fetch` while it starts, and what it asks to be instantiated is so at once.
 */
function startedDecoder(): Zstd.ZSTDDecoder {
  const library = createRequire(import.meta.url)('zstddec/stream') as typeof Zstd;
  const started = new library.ZSTDDecoder();
  const instantiate = (bytes: Uint8Array, imports: WebAssembly.Imports): { then(next: (result: unknown) => void): void } => {
    const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports);
    return { then: (next) => next({ instance }) };
  };
  replaced(globalThis, 'fetch', undefined, () => replaced(WebAssembly, 'instantiate', instantiate, () => started.init()));
  return started;
}

/** Runs something while `object` has another property called `name`. */
function replaced(object: object, name: string, value: unknown, run: () => unknown): void {
  const held = Object.getOwnPropertyDescriptor(object, name);
  Object.defineProperty(object, name, { value, configurable: true, writable: true });
  try {
    run();
  } finally {
    if (held === undefined) Reflect.deleteProperty(object, name);
    else Object.defineProperty(object, name, held);
  }
}
