import { closeSync, openSync, renameSync, writeSync } from 'node:fs';

const BUFFER_BYTES = 1 << 20;
const ROW_BYTES_MAX = 4096;

/** Writes ASCII rows through one buffer; the file gets its name only when it is complete. */
export class ByteWriter {
  readonly bytes = Buffer.allocUnsafe(BUFFER_BYTES);
  at = 0;
  private readonly path: string;
  private readonly file: number;

  constructor(path: string) {
    this.path = path;
    this.file = openSync(`${path}.part`, 'w');
  }

  text(text: string): void {
    this.at += this.bytes.write(text, this.at, 'latin1');
  }

  byte(code: number): void {
    this.bytes[this.at++] = code;
  }

  /** `value` in decimal with at least `width` digits. */
  digits(value: number, width = 1): void {
    let count = width;
    for (let limit = 10 ** width; value >= limit; limit *= 10) count++;
    let rest = value;
    for (let place = this.at + count - 1; place >= this.at; place--) {
      const next = Math.floor(rest / 10);
      this.bytes[place] = 48 + (rest - next * 10);
      rest = next;
    }
    this.at += count;
  }

  /** To be called between rows. */
  endRow(): void {
    this.byte(10);
    if (this.at > BUFFER_BYTES - ROW_BYTES_MAX) this.flush();
  }

  close(): void {
    this.flush();
    closeSync(this.file);
    renameSync(`${this.path}.part`, this.path);
  }

  private flush(): void {
    for (let from = 0; from < this.at;) from += writeSync(this.file, this.bytes, from, this.at - from);
    this.at = 0;
  }
}
