import { DataError } from '../../core/errors.js';
import { FileSource } from '../byte-source.js';
import type { FileFacts } from '../files.js';
import { BlockList, type Blocks } from './blocks.js';

/**
 * BGZF, as bgzip and htslib write it (SAM specification, 4.1): a gzip file whose members have a subfield BC in their extra field. What is used of a member:
 *
 *     0  1f 8b 08      magic and method
 *     3  u8            flags; 4: there is an extra field
 *    10  u16           bytes of the extra field, which is subfields: u8 u8 name, u16 length, that many bytes
 *        'B' 'C' 2     u16: bytes of the member less one
 *    −4  u32           bytes of its text, at most 64 KiB
 */
const EXTRA_AT = 12;
const HAS_EXTRA = 4;
const TRAILER_BYTES = 8;
const TEXT_BYTES_MAX = 64 * 1024;
/** Header and extra field have at most so many bytes. */
const HEADER_BYTES_MAX = EXTRA_AT + 0xffff;
const NAME_AND_LENGTH = 0x0002_4342;
/** What is read at once is a few members: a file is gone through in order, and its bytes are those that its tasks will want. */
const WINDOW_BYTES = 2 * (HEADER_BYTES_MAX + 1);
/** More are not walked through: 256 GB of text as bgzip cuts it. */
const MEMBERS_MAX = 4 * 1024 * 1024;

/**
 * The members of a BGZF file; undefined where one does not tell its size, or the sizes do not lead to the file's end.
 * @throws DataError where a size cannot be. A damaged extra field may reach over other members, which nobody would miss.
 */
export function gzipBlocks(file: FileFacts): Blocks | undefined {
  const source = new FileSource(file);
  try {
    const window = new Window(source);
    const list = new BlockList();
    for (let members = 0; list.end < file.size; members++) {
      const member = readMember(window, list.end);
      if (member === undefined || members === MEMBERS_MAX) return undefined;
      const { bytes, headerBytes } = member;
      if (bytes < headerBytes + TRAILER_BYTES || list.end + bytes > file.size) throw wrongSize(file, list.end, member);
      const textBytes = window.u32(list.end + bytes - 4);
      if (textBytes === undefined || textBytes > TEXT_BYTES_MAX) return undefined;
      list.add(bytes, textBytes);
    }
    return list.blocks();
  } finally {
    source.close();
  }
}

interface Member {
  readonly bytes: number;
  readonly headerBytes: number;
}

function wrongSize({ path, size }: FileFacts, at: number, { bytes, headerBytes }: Member): DataError {
  return new DataError({
    code: 'DAMAGED_COMPRESSED_FILE',
    message: `'${path}' is no whole gzip file: the member at byte ${at} should have ${bytes} bytes, with a header of ${headerBytes}, and ${size - at} are left of the file. Compress it again, or set compression to what it is.`,
    path,
    byte: at,
  });
}

/** The member that begins at a byte of the file, if there is one that tells its size. */
function readMember(window: Window, at: number): Member | undefined {
  const head = window.u32(at);
  const extraBytes = window.u16(at + 10);
  if (head === undefined || extraBytes === undefined || (head & 0xffffff) !== 0x088b1f || ((head >>> 24) & HAS_EXTRA) === 0)
    return undefined;
  const end = at + EXTRA_AT + extraBytes;
  for (let field = at + EXTRA_AT; field + 6 <= end;) {
    const nameAndLength = window.u32(field);
    if (nameAndLength === undefined) return undefined;
    if (nameAndLength === NAME_AND_LENGTH) {
      const last = window.u16(field + 4);
      return last === undefined ? undefined : { bytes: last + 1, headerBytes: end - at };
    }
    field += 4 + (nameAndLength >>> 16);
  }
  return undefined;
}

/** A file's bytes, for who goes through it in order. */
class Window {
  readonly #view = new DataView(new ArrayBuffer(WINDOW_BYTES));
  #start = 0;
  #bytes = 0;

  constructor(private readonly source: FileSource) {}

  u16(at: number): number | undefined {
    return this.#has(at, 2) ? this.#view.getUint16(at - this.#start, true) : undefined;
  }

  u32(at: number): number | undefined {
    return this.#has(at, 4) ? this.#view.getUint32(at - this.#start, true) : undefined;
  }

  #has(at: number, bytes: number): boolean {
    if (at + bytes > this.source.size) return false;
    if (at < this.#start || at + bytes > this.#start + this.#bytes) {
      this.#start = at;
      this.#bytes = this.source.read(at, new Uint8Array(this.#view.buffer));
    }
    return true;
  }
}
