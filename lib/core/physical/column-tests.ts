import type { AttributeRef, Bound, BoundLiteral } from '../expr/bound.js';
import { physicalTypeOf } from '../types/physical-type.js';
import type { ColumnTest, ComparisonOp, TestValue } from '../types/column-test.js';
import type { ScanNode } from '../plan/resolved-plan.js';

const MIRROR: { readonly [Op in ComparisonOp]: ComparisonOp } = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

/** The scan's conjuncts that compare one column with constants. What is not of such a form says nothing; the pipeline evaluates all of them anyway. */
export function columnTests(scan: ScanNode): readonly ColumnTest[] {
  const columns = new Map(scan.output.map(({ id }, i) => [id, scan.columns[i]!]));
  return scan.predicates.flatMap((predicate) => {
    const test = testOf(predicate, columns);
    return test === undefined ? [] : [Object.freeze(test)];
  });
}

export function testOf(node: Bound, columns: ReadonlyMap<number, number>): ColumnTest | undefined {
  if (node.kind === 'attribute') {
    const column = columns.get(node.id);
    return column === undefined || node.type.kind !== 'boolean' ? undefined : { column, op: '=', value: true };
  }
  if (node.kind !== 'call') return undefined;
  const [first, second] = node.args;
  switch (node.fn) {
    case '=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return first!.kind === 'literal'
        ? comparison(second!, MIRROR[node.fn], first!, columns)
        : comparison(first!, node.fn, second!, columns);
    case 'in':
      return membership(node.args, columns);
    case 'isnull':
    case 'isnotnull': {
      const column = columnOf(first!, columns);
      return column === undefined ? undefined : { column, op: node.fn === 'isnull' ? 'is_null' : 'is_not_null' };
    }
    case 'not': {
      const column = columnOf(first!, columns);
      return column === undefined || first!.type.kind !== 'boolean' ? undefined : { column, op: '=', value: false };
    }
    case 'startswith':
      return prefix(first!, second!, columns, (text) => text);
    case 'like':
      return node.args.length === 2 ? prefix(first!, second!, columns, likePrefix) : undefined;
    default:
      return undefined;
  }
}

function columnOf(node: Bound, columns: ReadonlyMap<number, number>): number | undefined {
  return node.kind === 'attribute' ? columns.get((node as AttributeRef).id) : undefined;
}

function comparison(
  operand: Bound,
  op: ComparisonOp,
  constant: Bound,
  columns: ReadonlyMap<number, number>,
): ColumnTest | undefined {
  const column = columnOf(operand, columns);
  const value = constant.kind === 'literal' ? testValue(constant) : undefined;
  return column === undefined || value === undefined ? undefined : { column, op, value };
}

function membership(args: readonly Bound[], columns: ReadonlyMap<number, number>): ColumnTest | undefined {
  const [operand, ...members] = args;
  const column = columnOf(operand!, columns);
  if (column === undefined) return undefined;
  const values: TestValue[] = [];
  for (const member of members) {
    if (member.kind !== 'literal') return undefined;
    // Null members make no row pass.
    if (member.value === null) continue;
    const value = testValue(member);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return { column, op: 'in', values };
}

function prefix(
  operand: Bound,
  pattern: Bound,
  columns: ReadonlyMap<number, number>,
  literalPrefix: (text: string) => string,
): ColumnTest | undefined {
  const column = columnOf(operand, columns);
  if (column === undefined || operand.type.kind !== 'string' || pattern.kind !== 'literal' || typeof pattern.value !== 'string')
    return undefined;
  const value = literalPrefix(pattern.value);
  return value === '' ? undefined : { column, op: 'starts_with', value };
}

/** What every match of a LIKE pattern begins with. */
function likePrefix(pattern: string): string {
  return /^[^%_\\]*/.exec(pattern)![0];
}

function testValue({ type, value }: BoundLiteral): TestValue | undefined {
  if (value === null || type.kind === 'binary') return undefined;
  switch (physicalTypeOf(type)) {
    case 'bool':
      return typeof value === 'boolean' ? value : undefined;
    case 'i32':
      return typeof value === 'number' ? value : undefined;
    case 'f64':
      return typeof value === 'number' && !Number.isNaN(value) ? value : undefined;
    case 'i64':
    case 'i128':
      return typeof value === 'bigint' || typeof value === 'number' ? String(value) : undefined;
    case 'view':
      return typeof value === 'string' ? value : undefined;
    default:
      return undefined;
  }
}
