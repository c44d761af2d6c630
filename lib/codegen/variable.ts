import type { DataType } from '../core/types/data-type.js';
import { physicalTypeOf } from '../core/types/physical-type.js';
import { wordValue } from './decimal-parts.js';
import { LOCAL_TYPE, type RowCompiler, type Value } from './emitter.js';
import { I32, I64 } from './encoder.js';

/** Locals that several branches assign. Its null flag is kept only if some branch can be null. */
export class Variable {
  private readonly local: number;
  private readonly high: number;
  private readonly null: number;
  private nullable = false;
  private isWord = true;

  private readonly e: RowCompiler;
  private readonly type: DataType;

  constructor(e: RowCompiler, type: DataType) {
    this.e = e;
    this.type = type;
    const physical = physicalTypeOf(type);
    this.local = e.local(LOCAL_TYPE[physical]);
    this.high = physical === 'i128' ? e.local(I64) : -1;
    this.null = e.local(I32);
  }

  assign(value: Value): void {
    const { f } = this.e;
    f.get(value.local).set(this.local);
    if (this.high !== -1) f.get(value.high).set(this.high);
    if (value.word !== true) this.isWord = false;
    if (value.null === false) {
      f.i32(0).set(this.null);
    } else {
      this.nullable = true;
      f.get(value.null).set(this.null);
    }
  }

  /** After all assignments. */
  value(): Value {
    const nulls = this.nullable ? this.null : false;
    // Its high word is made anew, so that nothing reads what the branches assigned.
    if (this.isWord && this.high !== -1) return wordValue(this.e, this.type, () => this.e.f.get(this.local), nulls);
    return this.e.of(this.type, this.local, nulls, this.high);
  }

  /** The flag's local, for branches that decide on it. */
  get nullLocal(): number {
    return this.null;
  }
}
