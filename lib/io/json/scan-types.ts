import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  MAX_DECIMAL_PRECISION,
  NULL,
  STRING,
  array,
  decimal,
  field,
  struct,
  type DataType,
  type Field,
} from '../../core/types/data-type.js';

/** As deep as kernels/assembly/json-text.ts goes. */
export const DEPTH_MAX = 64;

/** A text that is no JSON: where, and what should stand there. */
export class JsonMistake {
  constructor(
    readonly at: number,
    readonly expected: string,
  ) {}
}

const QUOTE = 34;
const BACKSLASH = 92;
const SPACE_CODE = 32;
const SPACE = /[ \t\n\r]*/y;
const ESCAPE_TOKEN = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const NUMBER_TOKEN = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const WORD_TOKEN = /true|false|null|NaN|-?Infinity/y;

/** Reads JSON values for their types. Plain code over strings: samples are small. */
export class TypeScan {
  at = 0;

  constructor(
    readonly text: string,
    private readonly primitivesAsString: boolean,
  ) {}

  skipSpace(): void {
    this.#match(SPACE);
  }

  /** The type of the value at `at`, which ends before the new `at`. Fields are in the order they stand in. @throws JsonMistake. */
  value(depth = 0): DataType {
    this.skipSpace();
    if (depth === DEPTH_MAX) throw new JsonMistake(this.at, `values nested at most ${DEPTH_MAX} deep`);
    const first = this.text[this.at];
    if (first === '{') return this.#object(depth);
    if (first === '[') return this.#array(depth);
    if (first === '"') {
      this.#string();
      return STRING;
    }
    const number = this.#match(NUMBER_TOKEN);
    if (number !== undefined) return this.primitivesAsString ? STRING : numberType(number);
    const word = this.#match(WORD_TOKEN);
    if (word === undefined) throw new JsonMistake(this.at, 'a value');
    if (word === 'null') return NULL;
    if (this.primitivesAsString) return STRING;
    return word === 'true' || word === 'false' ? BOOLEAN : DOUBLE;
  }

  /** Reads what stands between two brackets with commas between: `item` reads one. @throws JsonMistake. */
  items(opening: '{' | '[', closing: '}' | ']', item: () => void): void {
    if (!this.#take(opening)) throw new JsonMistake(this.at, `'${opening}'`);
    this.skipSpace();
    if (this.#take(closing)) return;
    for (;;) {
      this.skipSpace();
      item();
      this.skipSpace();
      if (this.#take(closing)) return;
      if (!this.#take(',')) throw new JsonMistake(this.at, `',' or '${closing}' behind a value`);
    }
  }

  /** A key and its colon. @throws JsonMistake. */
  key(): string {
    const name = this.#string();
    this.skipSpace();
    if (!this.#take(':')) throw new JsonMistake(this.at, "':' behind a key");
    return name;
  }

  #object(depth: number): DataType {
    const types = new Map<string, DataType>();
    this.items('{', '}', () => {
      const name = this.key();
      const known = types.get(name);
      const type = this.value(depth + 1);
      types.set(name, known === undefined ? type : mergeTypes(known, type));
    });
    return struct([...types].map(([name, type]) => field(name, type)));
  }

  #array(depth: number): DataType {
    let element: DataType = NULL;
    this.items('[', ']', () => {
      element = mergeTypes(element, this.value(depth + 1));
    });
    return array(element);
  }

  /** Not one regular expression: those have a stack that long strings outgrow. */
  #string(): string {
    const { text } = this;
    const start = this.at;
    if (text[start] !== '"') throw new JsonMistake(start, 'a key in quotes');
    let isPlain = true;
    for (this.at++; ;) {
      const code = text.charCodeAt(this.at);
      if (code === QUOTE) break;
      // Not a number behind the text's end.
      if (!(code >= SPACE_CODE)) throw new JsonMistake(this.at, 'a string that ends');
      if (code !== BACKSLASH) this.at++;
      else if (this.#match(ESCAPE_TOKEN) === undefined) throw new JsonMistake(this.at, 'an escape that JSON has');
      else isPlain = false;
    }
    this.at++;
    return isPlain ? text.slice(start + 1, this.at - 1) : (JSON.parse(text.slice(start, this.at)) as string);
  }

  #take(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }

  #match(token: RegExp): string | undefined {
    token.lastIndex = this.at;
    const match = token.exec(this.text)?.[0];
    if (match !== undefined) this.at += match.length;
    return match;
  }
}

/** As Spark: bigint where that holds it, else a decimal, else double; with a point or an exponent double. */
function numberType(token: string): DataType {
  if (/[.eE]/.test(token)) return DOUBLE;
  if (token.length < 19) return BIGINT;
  const value = BigInt(token);
  if (BigInt.asIntN(64, value) === value) return BIGINT;
  const digits = token.replace('-', '').length;
  return digits <= MAX_DECIMAL_PRECISION ? decimal(digits, 0) : DOUBLE;
}

/** The type that holds the values of both: string where nothing else does. */
export function mergeTypes(a: DataType, b: DataType): DataType {
  if (a.kind === 'null') return b;
  if (b.kind === 'null') return a;
  if (a.kind === 'struct' && b.kind === 'struct') return struct(mergeFields(a.fields, b.fields));
  if (a.kind === 'array' && b.kind === 'array') return array(mergeTypes(a.element, b.element));
  if (a.kind === 'decimal' && b.kind === 'decimal') return a.precision > b.precision ? a : b;
  if (a.kind === b.kind) return a;
  const kinds = [a.kind, b.kind];
  if (!kinds.every((kind) => kind === 'bigint' || kind === 'double' || kind === 'decimal')) return STRING;
  if (kinds.includes('double')) return DOUBLE;
  return a.kind === 'decimal' ? a : b;
}

export function mergeFields(a: readonly Field[], b: readonly Field[]): readonly Field[] {
  const types = new Map(a.map(({ name, type }) => [name, type]));
  for (const { name, type } of b) {
    const known = types.get(name);
    types.set(name, known === undefined ? type : mergeTypes(known, type));
  }
  return [...types].map(([name, type]) => field(name, type));
}

/** What a column of inferred type is: fields by name, as Spark sorts them; strings where only nulls or empty objects were seen. */
export function settled(type: DataType): DataType {
  if (type.kind === 'null') return STRING;
  if (type.kind === 'array') return array(settled(type.element));
  if (type.kind !== 'struct') return type;
  return type.fields.length === 0 ? STRING : struct(settledFields(type.fields));
}

export function settledFields(fields: readonly Field[]): Field[] {
  return [...fields].sort((a, b) => (a.name < b.name ? -1 : 1)).map(({ name, type }) => field(name, settled(type)));
}
