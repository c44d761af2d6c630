import { newAttribute, coerce } from '../expr/build.js';
import type { Bound } from '../expr/bound.js';
import type * as P from '../plan/logical-plan.js';
import { BIGINT, type Schema } from '../types/data-type.js';
import { implicitCast, widerTypeOf } from '../types/coercion.js';
import { bind, binder } from './bind.js';
import { constantValue, isConstant } from './constant.js';
import { placeOf, type Context, type Definition } from './context.js';
import * as errors from './errors.js';
import { generatorNamed } from '../expr/functions/index.js';
import { generate } from './generate.js';
import { analyzePlan } from './plans.js';
import { renamed } from './reshape.js';
import { metadataOf, requalified } from './metadata.js';
import { freezeNode } from './resolved-build.js';
import { noSuchColumn, relation, type Relation } from './scope.js';

/** Where rows come from. */

function attributesOf(schema: Schema): ReturnType<typeof newAttribute>[] {
  return schema.fields.map((f) => newAttribute(f.name, f.type, f.nullable));
}

export function analyzeRead(plan: P.ReadPlan, context: Context): Relation {
  const source = context.catalog.source(plan);
  const scan = freezeNode({
    kind: 'scan' as const,
    source,
    columns: source.schema.fields.map((_, i) => i),
    predicates: [],
    output: attributesOf(source.schema),
  });
  return { ...relation(scan), metadata: metadataOf(scan, context.metadata) };
}

/** What may stand before a quoted path: csv.`data/sales`. */
const FILE_FORMATS: ReadonlySet<string> = new Set(['csv', 'json', 'parquet', 'arrow', 'orc', 'text', 'binaryfile']);

/** A name of a WITH clause, else a view; `csv.path` reads files. */
export function analyzeTable(plan: P.TablePlan, context: Context): Relation {
  const name = plan.path.join('.');
  const definition = plan.path.length === 1 ? context.definitions.get(name.toLowerCase()) : undefined;
  const qualifier = [plan.path.at(-1) ?? ''];
  if (definition !== undefined) {
    if (plan.options !== undefined)
      throw errors.notSupported('Giving options to a name of a WITH clause', placeOf(context, plan.at));
    return expandDefinition(definition, qualifier, context, plan);
  }
  const view = context.catalog.view(plan.path);
  const [format = '', path] = plan.path;
  if (view === undefined && plan.path.length === 2 && path !== undefined && FILE_FORMATS.has(format.toLowerCase())) {
    return analyzeRead(
      {
        kind: 'read',
        format: format.toLowerCase(),
        paths: [path],
        options: new Map(),
        ...(plan.at === undefined ? {} : { at: plan.at }),
      },
      context,
    );
  }
  if (view === undefined) {
    throw errors.tableNotFound(name, [...context.definitions.keys(), ...context.catalog.viewNames()], placeOf(context, plan.at));
  }
  if (plan.options !== undefined && view.kind !== 'read') {
    throw errors.notSupported('Giving options to a view that is not just files', placeOf(context, plan.at));
  }
  const key = name.toLowerCase();
  if (context.expanding.includes(key)) {
    throw errors.recursiveView(name, placeOf(context, plan.at));
  }
  const { sql: _, parameters: __, ...options } = context.options;
  const read = withOptions(view, plan.options);
  const inner = analyzePlan(read, { ...context, options, definitions: new Map(), expanding: [...context.expanding, key] });
  return { ...inner, columns: inner.columns.map((c) => ({ ...c, qualifier })), ...requalified(inner, qualifier) };
}

/** The files of a view, read with more options. */
function withOptions(view: P.LogicalPlan, options: P.TablePlan['options']): P.LogicalPlan {
  return options === undefined || view.kind !== 'read'
    ? view
    : Object.freeze({ ...view, options: new Map([...view.options, ...options]) });
}

function expandDefinition(definition: Definition, qualifier: readonly string[], context: Context, plan: P.TablePlan): Relation {
  const inner = analyzePlan(definition.plan, { ...context, definitions: definition.scope });
  return renamed(inner, qualifier, definition.columns, plan, context);
}

export function analyzeLocal(plan: P.LocalDataPlan, context: Context): Relation {
  const schema = context.catalog.localSchema(plan.id) ?? plan.schema;
  return relation(
    freezeNode({
      kind: 'local',
      columns: schema.fields.map((_, i) => i),
      data: Object.freeze({ kind: 'registry', id: plan.id }),
      output: attributesOf(schema),
    }),
  );
}

function rangeNode(start: bigint, end: bigint, step: bigint, partitions: number | undefined): Relation {
  const output = [newAttribute('id', BIGINT, false)];
  return relation(freezeNode({ kind: 'range', start, end, step, output, ...(partitions === undefined ? {} : { partitions }) }));
}

export function analyzeRange(plan: P.RangePlan, context: Context): Relation {
  if (plan.step === 0n) {
    throw errors.stepZero(placeOf(context, plan.at));
  }
  return rangeNode(plan.start, plan.end, plan.step, plan.partitions);
}

/** Expressions without columns: VALUES, arguments of table functions. */
function constantBinder(context: Context): ReturnType<typeof binder> {
  return binder(context, {
    column: (column) => {
      throw noSuchColumn([], column, placeOf(context, column.at));
    },
    star: () => [],
    starNames: () => [],
    refuseAggregate: (call) => errors.aggregateElsewhere(call.name, placeOf(context, call.at)),
  });
}

export function analyzeTableFunction(plan: P.TableFunctionPlan, context: Context): Relation {
  const place = placeOf(context, plan.at);
  const entry = generatorNamed(plan.name);
  if (entry !== undefined) {
    const call = { kind: 'call' as const, name: plan.name, args: plan.args, ...(plan.at === undefined ? {} : { at: plan.at }) };
    const made = generate(oneRow(), { call, entry, names: undefined }, context);
    return relation(made.plan);
  }
  if (plan.name.toLowerCase() !== 'range') {
    throw errors.unresolvedTableFunction(plan.name, place);
  }
  if (plan.args.length < 1 || plan.args.length > 4) {
    throw errors.wrongNumArgs('range', '1 to 4', plan.args.length, place);
  }
  const values = plan.args.map((expr, i) => {
    const bound = bind(expr, constantBinder(context));
    const type = implicitCast(bound.type, BIGINT);
    if (type === undefined) {
      throw errors.unexpectedInputType('range', i, BIGINT, String(i + 1), bound.type, placeOf(context, expr.at ?? plan.at));
    }
    const value = isConstant(bound) ? constantValue(coerce(bound, BIGINT), context) : null;
    if (value === null) {
      throw errors.nonFoldable('range', `argument ${i + 1}`, placeOf(context, expr.at ?? plan.at));
    }
    return BigInt(value as bigint);
  });
  const [first = 0n, second, step = 1n, partitions] = values;
  if (step === 0n) {
    throw errors.stepZero(place);
  }
  return rangeNode(
    second === undefined ? 0n : first,
    second ?? first,
    step,
    partitions === undefined ? undefined : Number(partitions),
  );
}

/** One node for all queries, as its row is stored once. */
const ONE_ROW = freezeNode({
  kind: 'local',
  columns: [],
  data: Object.freeze({ kind: 'rows', rows: Object.freeze([Object.freeze([])]) }),
  output: [],
});

export function oneRow(): Relation {
  return relation(ONE_ROW);
}

/** Literal rows: columns col1, col2, …, each of the type its values meet in. */
export function analyzeValues(plan: P.ValuesPlan, context: Context): Relation {
  const width = plan.rows[0]?.length ?? 0;
  const bound = plan.rows.map((row) => {
    if (row.length !== width) {
      throw errors.valuesWidth(width, row.length, placeOf(context, row[0]?.at ?? plan.at));
    }
    return row.map((expr) => bind(expr, constantBinder(context)));
  });
  const types = Array.from({ length: width }, (_, i) => {
    const type = widerTypeOf(bound.map((row) => cell(row, i).type));
    if (type === undefined) {
      throw errors.valuesTypes(`col${i + 1}`, placeOf(context, plan.at));
    }
    return type;
  });
  const rows = bound.map((row) => Object.freeze(row.map((value, i) => coerce(value, types[i] ?? value.type))));
  const output = types.map((type, i) =>
    newAttribute(
      `col${i + 1}`,
      type,
      rows.some((row) => cell(row, i).nullable),
    ),
  );
  return relation(
    freezeNode({
      kind: 'local',
      columns: types.map((_, i) => i),
      data: Object.freeze({ kind: 'rows', rows: Object.freeze(rows) }),
      output,
    }),
  );
}

function cell(row: readonly Bound[], index: number): Bound {
  const value = row[index];
  if (value === undefined) {
    throw new RangeError(`no column ${index}`);
  }
  return value;
}
