import { createRequire } from 'node:module';
import type * as Compressing from '@bokuweb/zstd-wasm';
import type * as Zstd from 'zstddec/stream';

type Decompress = (block: Uint8Array, room: number) => Uint8Array;

/** What Node has from 22.15 and 23.8 on; its types here are those of the oldest Node that quern runs on. */
interface NativeZstd {
  readonly zstdDecompressSync?: (block: Uint8Array, options: { maxOutputLength: number }) => Uint8Array;
  readonly zstdCompressSync?: (text: Uint8Array, options: { params: Record<number, number> }) => Uint8Array;
  readonly constants: { readonly ZSTD_c_compressionLevel: number };
}

/** Looked at when something is zstd. */
const native = (): NativeZstd => process.getBuiltinModule('node:zlib') as unknown as NativeZstd;

/** zstd's own. */
export const ZSTD_LEVEL = 3;
/** The library copies a frame's text into memory of its own, and keeps that. */
const FRAME_BYTES = 64 * 1024 * 1024;

let decoder: Zstd.ZSTDDecoder | undefined;

/** A decompressor for the Nodes that have none, loaded when something is zstd. */
export function zstdDecoder(): Zstd.ZSTDDecoder {
  decoder ??= startedDecoder();
  return decoder;
}

/**
 * Decompresses zstd frames whose text has `room` bytes, or at most so many. Throws, or returns something of another length, where they are damaged.
 * Node's own function ends with the first frame.
 */
export const zstdDecompress: Decompress = (block, room) => {
  const text = native().zstdDecompressSync?.(block, { maxOutputLength: Math.max(1, room) });
  return text === undefined || text.length < room ? zstdDecoder().decode(block, room) : text;
};

/** A frame of zstd, or several that follow each other: the same bytes for the same text, always. */
export function zstdCompress(text: Uint8Array, level = ZSTD_LEVEL): Uint8Array {
  const { zstdCompressSync: compress, constants } = native();
  if (compress !== undefined) return compress(text, { params: { [constants.ZSTD_c_compressionLevel]: level } });
  compressor ??= startedCompressor();
  if (text.length <= FRAME_BYTES) return compressor(text, level);
  const frames: Uint8Array[] = [];
  for (let at = 0; at < text.length; at += FRAME_BYTES) frames.push(compressor(text.subarray(at, at + FRAME_BYTES), level));
  return Buffer.concat(frames);
}

let compressor: typeof Compressing.compress | undefined;

/** A compressor for the Nodes that have none. Its `init` waits for a file; executors cannot, so its module is given what it needs at once. */
function startedCompressor(): typeof Compressing.compress {
  const require = createRequire(import.meta.url);
  const { readFileSync } = process.getBuiltinModule('node:fs');
  const { dirname, join } = process.getBuiltinModule('node:path');
  const entry = require.resolve('@bokuweb/zstd-wasm');
  const { Module } = require(join(dirname(entry), 'module.js')) as { Module: EmscriptenModule };
  const code = new WebAssembly.Module(readFileSync(join(dirname(entry), 'zstd.wasm')));
  Module.instantiateWasm = (imports, receive) => receive(new WebAssembly.Instance(code, imports));
  Module.init();
  return (require(entry) as typeof Compressing).compress;
}

/** The two of Emscripten's members that let a module start at once. */
interface EmscriptenModule {
  instantiateWasm(imports: WebAssembly.Imports, receive: (instance: WebAssembly.Instance) => void): void;
  init(): void;
}

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
