import { DEFAULT_VALUE_OPTIONS, type ValueOptions } from '../core/types/javascript-values.js';
import { physicalTypeOf, type PhysicalType } from '../core/types/physical-type.js';
import { QueryError } from '../core/errors.js';
import { columnRecord, ColumnWord, readBlock } from '../memory/block.js';
import { checkHeapRoom } from './heap-room.js';
import { blockValues, collectRows, columnSlices, rowSlices, totalRows, type BlockPart } from './rows.js';
import { INT, type DataType, type Field, type Schema } from '../core/types/data-type.js';
import type { LogicalPlan } from '../core/plan/logical-plan.js';
import type { Resolved } from '../core/plan/resolved-plan.js';
import type { Row } from './user-functions.js';
import type { QueryProgress } from './progress.js';
import type { Session } from './session.js';

/** Options of every action. */
export interface ActionOptions {
  /** Ends the action with CancelledError; everything it held is free within 100 ms. */
  readonly signal?: AbortSignal;
  /** Milliseconds after which the action ends with CancelledError. */
  readonly timeout?: number;
  /** Called about ten times a second while the action runs, and once at its end. */
  readonly onProgress?: (progress: QueryProgress) => void;
}

/** Options of actions that make JavaScript values. */
export interface CollectOptions extends ActionOptions, Partial<ValueOptions> {}

/** A column as one array: Float64Array and Int32Array for numbers without nulls, BigInt64Array for bigint, a plain array of values for the rest. */
export type ColumnArray = Float64Array | Int32Array | BigInt64Array | unknown[];

/** Columns by name. */
export type Columns = Map<string, ColumnArray>;

/** Columns of one block, lent: views over shared memory that end with the callback. */
export interface ColumnViews {
  readonly rowCount: number;
  /** The values of a numeric column as they lie in memory; null rows hold anything, see {@link ColumnViews.isNull}. */
  numbers(name: string): Float64Array | Int32Array | BigInt64Array;
  isNull(name: string, row: number): boolean;
  /** Any column as JavaScript values (a copy). */
  values(name: string): unknown[];
}

/** The actions of a session: run a plan, hand over what it made, give the memory back. @internal */
export class Actions {
  constructor(private readonly session: Session) {}

  async collect(resolved: Resolved, options: CollectOptions = {}): Promise<Row[]> {
    const result = await this.session.execute(resolved, options);
    try {
      return await collectRows(result, schemaOf(resolved), valueOptions(options));
    } finally {
      result.release();
    }
  }

  /** Rows as arrays in column order: for columns of one name. */
  async collectArrays(resolved: Resolved, options: CollectOptions = {}): Promise<unknown[][]> {
    const result = await this.session.execute(resolved, options);
    try {
      const rows: unknown[][] = [];
      for await (const { columns, count } of columnSlices(result, schemaOf(resolved), valueOptions(options))) {
        for (let i = 0; i < count; i++) rows.push(columns.map((column) => column[i]));
        checkHeapRoom(rows.length, totalRows(result.blocks));
      }
      return rows;
    } finally {
      result.release();
    }
  }

  async count(plan: LogicalPlan, options: ActionOptions = {}): Promise<number> {
    const counted: LogicalPlan = {
      kind: 'aggregate',
      input: plan,
      keys: [],
      groupAll: false,
      outputs: [
        {
          kind: 'alias',
          name: 'count',
          input: { kind: 'call', name: 'count', args: [{ kind: 'literal', type: INT, value: 1 }] },
        },
      ],
    };
    const [row] = await this.collect(this.session.analyze(counted), { ...options, int64: 'number' });
    return row!['count'] as number;
  }

  async *iterate(resolved: Resolved, options: CollectOptions = {}): AsyncIterableIterator<Row> {
    const schema = schemaOf(resolved);
    for await (const result of this.session.executeByPartition(resolved, options)) {
      try {
        for await (const slice of rowSlices(result, schema, valueOptions(options))) yield* slice;
      } finally {
        result.release();
      }
    }
  }

  async toColumns(resolved: Resolved, options: CollectOptions = {}): Promise<Columns> {
    const result = await this.session.execute(resolved, options);
    try {
      const columns: Columns = new Map();
      for (const [c, field] of schemaOf(resolved).fields.entries())
        columns.set(field.name, await gatherColumn(result, c, field, valueOptions(options)));
      return columns;
    } finally {
      result.release();
    }
  }

  async useColumns<T>(resolved: Resolved, f: (columns: ColumnViews) => T, options: ActionOptions = {}): Promise<T[]> {
    const result = await this.session.execute(resolved, options);
    try {
      result.check();
      return result.blocks.map((block) => lend(result, block, schemaOf(resolved), f));
    } finally {
      result.release();
    }
  }
}

/** What an execution left in shared memory. @internal */
export interface ExecutionResult {
  readonly views: Session['views'];
  /** Blocks in row order. */
  readonly blocks: readonly BlockPart[];
  /** @throws CancelledError if the action is over, and its memory perhaps somebody else's. To be called before each look into the blocks. */
  check(): void;
  /** Gives the memory back. Idempotent. */
  release(): void;
}

export function schemaOf(resolved: Resolved): Schema {
  return { fields: resolved.output.map(({ name, type, nullable }) => ({ name, type, nullable })) };
}

function valueOptions(options: Partial<ValueOptions>): ValueOptions {
  const { int64, decimal, date, timestamp, map } = { ...DEFAULT_VALUE_OPTIONS, ...options };
  return { int64, decimal, date, timestamp, map };
}

/** The typed array that holds values of a type, where none is null. */
const TYPED_ARRAYS: { readonly [P in PhysicalType]?: (rows: number) => Float64Array | Int32Array | BigInt64Array } = {
  f64: (rows) => new Float64Array(rows),
  i32: (rows) => new Int32Array(rows),
  i64: (rows) => new BigInt64Array(rows),
};

async function gatherColumn(result: ExecutionResult, c: number, field: Field, options: ValueOptions): Promise<ColumnArray> {
  const { views, blocks } = result;
  result.check();
  const hasNulls = blocks.some(({ address }) => views.u32[columnRecord(address, c) + ColumnWord.nulls]! > 0);
  const makeTyped = !hasNulls && NUMBERS.has(field.type.kind) ? TYPED_ARRAYS[physicalTypeOf(field.type)] : undefined;
  if (makeTyped === undefined) {
    const values: unknown[] = [];
    for await (const { columns } of columnSlices(result, { fields: [field] }, options, c)) {
      for (const value of columns[0]!) values.push(value);
      checkHeapRoom(values.length, totalRows(blocks));
    }
    return values;
  }
  const out = makeTyped(totalRows(blocks));
  let at = 0;
  for (const { address, from, to } of blocks) {
    const source = readBlock(views, address).column(c);
    if (out instanceof Float64Array) out.set(source.float64s(from, to), at);
    else if (out instanceof Int32Array) out.set(source.int32s(from, to), at);
    else out.set(source.int64s(from, to), at);
    at += to - from;
  }
  return out;
}

/** Types whose values are the numbers that lie in memory. */
const NUMBERS: ReadonlySet<DataType['kind']> = new Set(['double', 'float', 'int', 'smallint', 'tinyint', 'bigint']);

function lend<T>(
  { views }: ExecutionResult,
  { address, from, to }: BlockPart,
  schema: Schema,
  f: (columns: ColumnViews) => T,
): T {
  const block = readBlock(views, address);
  let over = false;
  const indexOf = (name: string): number => {
    if (over)
      throw new QueryError({
        code: 'COLUMNS_RETURNED',
        message: 'The columns lent by useColumns() end when its callback returns. Copy what you want to keep.',
      });
    const index = schema.fields.findIndex((field) => field.name === name);
    if (index === -1)
      throw new QueryError({
        code: 'UNRESOLVED_COLUMN',
        message: `No column named "${name}". Columns: ${schema.fields.map((field) => field.name).join(', ')}.`,
      });
    return index;
  };
  try {
    const result = f({
      rowCount: to - from,
      numbers(name) {
        const index = indexOf(name);
        const column = block.column(index);
        switch (physicalTypeOf(schema.fields[index]!.type)) {
          case 'f64':
            return column.float64s(from, to);
          case 'i32':
            return column.int32s(from, to);
          case 'i64':
            return column.int64s(from, to);
          default:
            throw new QueryError({
              code: 'DATATYPE_MISMATCH',
              message: `Column "${name}" is no column of numbers; use values("${name}").`,
            });
        }
      },
      isNull: (name, row) => block.column(indexOf(name)).isNull(from + row),
      values(name) {
        const index = indexOf(name);
        return blockValues(views, address, index, schema.fields[index]!.type, from, to, DEFAULT_VALUE_OPTIONS);
      },
    });
    if (result instanceof Promise) {
      result.catch(() => {});
      throw new QueryError({
        code: 'COLUMNS_RETURNED',
        message:
          'The callback of useColumns() may not be async: its columns end when it returns. Use toColumns() for arrays to keep.',
      });
    }
    return result;
  } finally {
    over = true;
  }
}
