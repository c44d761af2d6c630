import type { Expr, FrameBound, SortItem, WindowSpec } from '../../lib/core/expr/expr.js';
import type { LogicalPlan } from '../../lib/core/plan/logical-plan.js';
import { typeName } from '../../lib/core/types/data-type.js';

/** Written nodes as one line of text, nested in brackets: what a test can compare at a glance. */

const words = (...parts: readonly (string | false | undefined)[]): string =>
  `(${parts.filter((part) => part !== false && part !== undefined && part !== '').join(' ')})`;
const list = (items: readonly string[]): string => `[${items.join(' ')}]`;

function value(node: Extract<Expr, { kind: 'literal' }>): string {
  const { value, type } = node;
  if (value === null) return 'null';
  if (typeof value === 'string') return `'${value}'`;
  const text = value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value);
  return type.kind === 'int' || type.kind === 'boolean' ? text : `${text}:${typeName(type)}`;
}

/** An expression. */
export function shape(node: Expr): string {
  switch (node.kind) {
    case 'literal':
      return value(node);
    case 'column':
      return node.path.join('.');
    case 'star':
      return words(
        [...node.qualifier, '*'].join('.'),
        node.except && `except ${list(node.except)}`,
        node.replace && `replace ${list(node.replace.map((r) => `${r.name}=${shape(r.expr)}`))}`,
      );
    case 'call':
      return words(
        node.name,
        node.distinct && 'distinct',
        ...node.args.map((arg, i) => (node.argNames?.[i] ? `${node.argNames[i]}=>${shape(arg)}` : shape(arg))),
        node.orderBy && `order ${sort(node.orderBy)}`,
        node.filter && `filter ${shape(node.filter)}`,
        node.ignoreNulls && 'ignore-nulls',
      );
    case 'cast':
      return words(node.mode === 'try' ? 'try_cast' : 'cast', shape(node.input), typeName(node.to));
    case 'case':
      return words(
        'case',
        ...node.branches.map((b) => `${shape(b.when)}?${shape(b.then)}`),
        node.otherwise && `else ${shape(node.otherwise)}`,
      );
    case 'alias':
      return `${shape(node.input)}@${node.names?.join(',') ?? node.name}`;
    case 'parameter':
      return typeof node.name === 'number' ? `?${node.name}` : `:${node.name}`;
    case 'window':
      return words('over', shape(node.call), spec(node.over));
    case 'subquery':
      return words(node.role, ...node.operands.map(shape), planShape(node.plan));
    case 'lambda':
      return words('lambda', list(node.parameters), shape(node.body));
    case 'field':
      return words('field', shape(node.input), node.name);
  }
}

function sort(items: readonly SortItem[]): string {
  return list(
    items.map((item) => `${shape(item.expr)} ${item.descending ? 'desc' : 'asc'} ${item.nullsFirst ? 'first' : 'last'}`),
  );
}

function bound(b: FrameBound): string {
  return 'offset' in b ? `${b.kind} ${shape(b.offset)}` : b.kind;
}

function spec(w: WindowSpec): string {
  return words(
    w.base,
    w.partitionBy.length > 0 && `partition ${list(w.partitionBy.map(shape))}`,
    w.orderBy.length > 0 && `order ${sort(w.orderBy)}`,
    w.frame && `${w.frame.unit} ${bound(w.frame.start)} to ${bound(w.frame.end)}`,
  );
}

/** A plan, its input first. */
export function planShape(node: LogicalPlan): string {
  const shapes = (exprs: readonly Expr[]): string => list(exprs.map(shape));
  const windows = (map: ReadonlyMap<string, WindowSpec> | undefined): string | undefined =>
    map && `windows ${[...map].map(([name, w]) => `${name}=${spec(w)}`).join(' ')}`;
  switch (node.kind) {
    case 'read':
      return words(
        'read',
        node.format,
        ...node.paths,
        ...[...node.options].map(([key, text]) => `${key}=${text}`),
        node.schema && typeName({ kind: 'struct', fields: node.schema.fields }),
      );
    case 'table':
      return node.path.join('.');
    case 'one_row':
      return 'one_row';
    case 'values':
      return words('values', ...node.rows.map(shapes));
    case 'table_function':
      return words(node.name, ...node.args.map(shape));
    case 'project':
      return words('project', planShape(node.input), shapes(node.exprs), windows(node.windows));
    case 'filter':
      return words(node.role, planShape(node.input), shape(node.condition));
    case 'aggregate':
      return words(
        'aggregate',
        planShape(node.input),
        node.groupAll ? 'all' : `by ${shapes(node.keys)}`,
        node.groupingSets && `sets ${list(node.groupingSets.map((set) => `[${set.join(',')}]`))}`,
        shapes(node.outputs),
        node.having && `having ${shape(node.having)}`,
        windows(node.windows),
      );
    case 'distinct':
      return words('distinct', planShape(node.input));
    case 'sort':
      return words(
        node.global ? 'sort' : 'sort_within',
        planShape(node.input),
        node.orderAll
          ? `all ${node.orderAll.descending ? 'desc' : 'asc'} ${node.orderAll.nullsFirst ? 'first' : 'last'}`
          : sort(node.items),
      );
    case 'limit':
      return words(
        'limit',
        planShape(node.input),
        node.limit === undefined ? 'all' : shape(node.limit),
        node.offset && `offset ${shape(node.offset)}`,
      );
    case 'set_operation':
      return words(node.op, node.all && 'all', node.byName && 'by-name', planShape(node.left), planShape(node.right));
    case 'join':
      return words(
        node.natural && 'natural',
        node.type,
        node.lateral && 'lateral',
        planShape(node.left),
        planShape(node.right),
        node.on && `on ${shape(node.on)}`,
        node.using && `using ${list(node.using)}`,
      );
    case 'with':
      return words(
        node.recursive ? 'with-recursive' : 'with',
        ...node.definitions.map((d) => `${d.name}${d.columns ? list(d.columns) : ''}=${planShape(d.plan)}`),
        planShape(node.input),
      );
    case 'alias':
      return words('as', planShape(node.input), node.name, node.columns && list(node.columns));
    case 'repartition':
      return words('repartition', planShape(node.input), shapes(node.keys));
    case 'pivot':
      return words(
        'pivot',
        planShape(node.input),
        shapes(node.aggregates),
        shapes(node.columns),
        ...node.values.map((v) => `${shapes(v.exprs)}${v.name ? `@${v.name}` : ''}`),
      );
    case 'unpivot':
      return words(
        'unpivot',
        planShape(node.input),
        list(node.valueNames),
        node.nameColumn,
        ...node.groups.map((g) => `${shapes(g.columns)}${g.name ? `@${g.name}` : ''}`),
        node.includeNulls && 'nulls',
      );
    case 'lateral_view':
      return words(
        'lateral_view',
        node.outer && 'outer',
        planShape(node.input),
        words(node.name, ...node.args.map(shape)),
        node.table,
        list(node.columns),
      );
    case 'sample':
      return words(
        'sample',
        planShape(node.input),
        node.method,
        String(node.value),
        node.outOf === undefined ? undefined : `of ${node.outOf}`,
        node.seed === undefined ? undefined : `seed ${node.seed}`,
      );
    default:
      return node.kind;
  }
}
