import type { ByteSink } from '../../encoder.js';
import type { WorkSpace } from './work-space.js';

const SPAN_BYTES_MIN = 4096;
const SPAN_BYTES_MAX = 1024 * 1024;

interface Span {
  readonly address: number;
  readonly bytes: number;
  used: number;
}

/** Bytes that wait for their place in a file: appended, then written all at once. Spans are kept for the next time. */
export class ByteStore {
  readonly #work: WorkSpace;
  readonly #spans: Span[] = [];
  #filling = 0;
  /** Bytes in it. */
  length = 0;

  constructor(work: WorkSpace) {
    this.#work = work;
  }

  /** Bytes of shared memory. */
  append(address: number, bytes: number): void {
    let at = address;
    let left = bytes;
    while (left > 0) {
      const span = this.#room();
      const take = Math.min(left, span.bytes - span.used);
      this.#work.copy(at, take, span.address + span.used);
      span.used += take;
      at += take;
      left -= take;
    }
    this.length += bytes;
  }

  appendBytes(bytes: Uint8Array): void {
    let done = 0;
    while (done < bytes.length) {
      const span = this.#room();
      const take = Math.min(bytes.length - done, span.bytes - span.used);
      this.#work.views.u8.set(bytes.subarray(done, done + take), span.address + span.used);
      span.used += take;
      done += take;
    }
    this.length += bytes.length;
  }

  /** Writes everything and is empty again. */
  drain(out: ByteSink): void {
    for (const span of this.#spans) {
      if (span.used > 0) out.write(this.#work.views.u8.subarray(span.address, span.address + span.used));
      span.used = 0;
    }
    this.#filling = 0;
    this.length = 0;
  }

  #room(): Span {
    const span = this.#spans[this.#filling];
    if (span !== undefined) {
      if (span.used < span.bytes) return span;
      this.#filling++;
      return this.#room();
    }
    const bytes = Math.min(SPAN_BYTES_MAX, Math.max(SPAN_BYTES_MIN, this.length * 3));
    const fresh = { address: this.#work.allocate(bytes), bytes, used: 0 };
    this.#spans.push(fresh);
    return fresh;
  }
}
