import { QueryError } from '../errors.js';
import type { Span } from '../expr/expr.js';
import type { ExtractFailures } from '../expr/extract-value.js';
import { typeText } from '../expr/literal-text.js';
import { typeClassName, type TypeClass } from '../types/coercion.js';
import type { CastRefusal } from '../types/cast-rules.js';
import type { DataType } from '../types/data-type.js';
import { NESTING_MAX } from '../types/nested.js';
import { nearest, probably } from './suggest.js';

/** Every error of analysis, by name. `code` is Spark's error condition. */

/** Where in the text. */
export interface Place {
  readonly at?: Span;
  readonly sql?: string;
}

const NAMES_SHOWN = 12;

function error(code: string, message: string, place: Place): QueryError {
  return new QueryError({
    code,
    message,
    ...(place.at === undefined ? {} : { at: place.at }),
    ...(place.sql === undefined ? {} : { sql: place.sql }),
  });
}

const quoted = (name: string): string => `"${name}"`;

function shown(names: readonly string[]): string {
  const some = names.slice(0, NAMES_SHOWN).join(', ');
  return names.length > NAMES_SHOWN ? `${some}, … (${names.length} in all)` : some;
}

function meant(name: string, names: readonly string[]): string {
  const best = probably(name, names);
  return best === undefined ? '' : ` Did you mean ${quoted(best)}?`;
}

const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth'];
const ordinal = (index: number): string => ORDINALS[index] ?? `${index + 1}th`;

export function unresolvedColumn(name: string, names: readonly string[], place: Place): QueryError {
  if (names.length === 0) {
    return error('UNRESOLVED_COLUMN.WITHOUT_SUGGESTION', `No column named ${quoted(name)}: there are no columns here.`, place);
  }
  const last = name.slice(name.lastIndexOf('.') + 1);
  const listed = names.length > NAMES_SHOWN ? nearest(last, names, NAMES_SHOWN) : names;
  const columns = names.length > NAMES_SHOWN ? `${listed.join(', ')}, … (${names.length} in all)` : listed.join(', ');
  return error(
    'UNRESOLVED_COLUMN.WITH_SUGGESTION',
    `No column named ${quoted(name)}. Columns: ${columns}.${meant(last, names)}`,
    place,
  );
}

export function unknownFact(name: string, names: readonly string[], place: Place): QueryError {
  return error('FIELD_NOT_FOUND', `No field ${quoted(name)} in _metadata of these files. Fields: ${names.join(', ')}.`, place);
}

export function ambiguousReference(name: string, candidates: readonly string[], place: Place): QueryError {
  return error('AMBIGUOUS_REFERENCE', `The column name ${quoted(name)} is ambiguous. It could be: ${shown(candidates)}.`, place);
}

export function foreignColumn(name: string, place: Place): QueryError {
  return error(
    'MISSING_ATTRIBUTES.RESOLVED_ATTRIBUTE_MISSING_FROM_INPUT',
    `The column ${quoted(name)} belongs to a DataFrame that is not an input of this one.`,
    place,
  );
}

export function tableNotFound(name: string, names: readonly string[], place: Place): QueryError {
  const existing = names.length === 0 ? ' There are no views.' : ` Views: ${shown(names)}.`;
  return error(
    'TABLE_OR_VIEW_NOT_FOUND',
    `No table or view named ${quoted(name)}.${existing}${meant(name, names)} A file is read by its quoted path: FROM 'data.csv'.`,
    place,
  );
}

export function unresolvedRoutine(name: string, names: readonly string[], place: Place): QueryError {
  return error('UNRESOLVED_ROUTINE', `No function named ${quoted(name)}.${meant(name, names)}`, place);
}

export function unresolvedTableFunction(name: string, place: Place): QueryError {
  return error('UNRESOLVABLE_TABLE_VALUED_FUNCTION', `No table function named ${quoted(name)}. Table functions: range.`, place);
}

export function notSupported(what: string, place: Place): QueryError {
  return error('UNSUPPORTED_FEATURE', `${what} is not supported yet.`, place);
}

export function wrongNumArgs(name: string, expected: string, actual: number, place: Place): QueryError {
  return error(
    'WRONG_NUM_ARGS.WITHOUT_SUGGESTION',
    `The function ${quoted(name)} takes ${expected} parameters, but was given ${actual}.`,
    place,
  );
}

export function unexpectedInputType(
  expression: string,
  index: number,
  wanted: TypeClass,
  argument: string,
  actual: DataType,
  place: Place,
): QueryError {
  return error(
    'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE',
    `Cannot resolve ${quoted(expression)}: the ${ordinal(index)} parameter requires the ${typeClassName(wanted, typeText)} type, but ${quoted(argument)} has the type ${quoted(typeText(actual))}.`,
    place,
  );
}

export function binaryOpDiffTypes(expression: string, left: DataType, right: DataType, place: Place): QueryError {
  return error(
    'DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES',
    `Cannot resolve ${quoted(expression)}: the left and right operands have incompatible types (${quoted(typeText(left))} and ${quoted(typeText(right))}).`,
    place,
  );
}

export function binaryOpWrongType(expression: string, wanted: TypeClass, actual: DataType, place: Place): QueryError {
  return error(
    'DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE',
    `Cannot resolve ${quoted(expression)}: the operator requires the ${typeClassName(wanted, typeText)} type, not ${quoted(typeText(actual))}.`,
    place,
  );
}

export function dataDiffTypes(expression: string, functionName: string, types: readonly DataType[], place: Place): QueryError {
  return error(
    'DATATYPE_MISMATCH.DATA_DIFF_TYPES',
    `Cannot resolve ${quoted(expression)}: the inputs of ${quoted(functionName)} should all be of one type, but they are ${types.map((t) => quoted(typeText(t))).join(', ')}.`,
    place,
  );
}

export function invalidOrdering(expression: string, functionName: string, type: DataType, place: Place): QueryError {
  return error(
    'DATATYPE_MISMATCH.INVALID_ORDERING_TYPE',
    `Cannot resolve ${quoted(expression)}: ${quoted(functionName)} cannot order the type ${quoted(typeText(type))}.`,
    place,
  );
}

export function filterNotBoolean(expression: string, type: DataType, place: Place): QueryError {
  return error(
    'DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN',
    `A filter condition must be a boolean, but ${quoted(expression)} has the type ${quoted(typeText(type))}.`,
    place,
  );
}

export function nonFoldable(expression: string, what: string, place: Place): QueryError {
  return error(
    'DATATYPE_MISMATCH.NON_FOLDABLE_INPUT',
    `Cannot resolve ${quoted(expression)}: ${what} must be a constant.`,
    place,
  );
}

const REFUSED_CAST: { readonly [K in CastRefusal['kind']]: string } = {
  conf: 'DATATYPE_MISMATCH.CAST_WITH_CONF_SUGGESTION',
  func: 'DATATYPE_MISMATCH.CAST_WITH_FUNC_SUGGESTION',
  none: 'DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION',
};

export function refusedCast(expression: string, from: DataType, to: DataType, refusal: CastRefusal, place: Place): QueryError {
  const advice =
    refusal.kind === 'func'
      ? ` Use the function ${refusal.functions} instead.`
      : refusal.kind === 'conf'
        ? ' ANSI mode does not have this cast.'
        : '';
  return error(
    REFUSED_CAST[refusal.kind],
    `Cannot resolve ${quoted(expression)}: ${quoted(typeText(from))} cannot be cast to ${quoted(typeText(to))}.${advice}`,
    place,
  );
}

export function invalidExtractField(name: string, fields: readonly string[], place: Place): QueryError {
  return error('INVALID_EXTRACT_FIELD', `Cannot extract ${quoted(name)}. Fields: ${fields.join(', ')}.`, place);
}

export function invalidDatetimeUnit(functionName: string, unit: string, place: Place): QueryError {
  return error(
    'INVALID_PARAMETER_VALUE.DATETIME_UNIT',
    `The function ${quoted(functionName)} has no unit ${quoted(unit)}.`,
    place,
  );
}

export function missingAggregation(expression: string, place: Place): QueryError {
  return error(
    'MISSING_AGGREGATION',
    `${quoted(expression)} is neither grouped by nor inside an aggregate function. Add it to GROUP BY, or use any_value(${expression}) if any of its values will do.`,
    place,
  );
}

export function missingGroupBy(place: Place): QueryError {
  return error('MISSING_GROUP_BY', 'The query has aggregate functions and columns outside of them, but no GROUP BY.', place);
}

export function nestedAggregate(place: Place): QueryError {
  return error(
    'NESTED_AGGREGATE_FUNCTION',
    'An aggregate function cannot be inside another one. Compute the inner one in a subquery.',
    place,
  );
}

export function aggregateInWhere(expression: string, place: Place): QueryError {
  return error(
    'INVALID_WHERE_CONDITION',
    `WHERE cannot contain the aggregate function ${quoted(expression)}. Use HAVING, which filters groups.`,
    place,
  );
}

export function aggregateInGroupBy(expression: string, place: Place): QueryError {
  return error('GROUP_BY_AGGREGATE', `GROUP BY cannot contain the aggregate function ${quoted(expression)}.`, place);
}

export function aggregateElsewhere(expression: string, place: Place): QueryError {
  return error('UNSUPPORTED_EXPR_FOR_OPERATOR', `The aggregate function ${quoted(expression)} cannot be used here.`, place);
}

export function groupByPosition(position: number, count: number, place: Place): QueryError {
  return error('GROUP_BY_POS_OUT_OF_RANGE', `GROUP BY position ${position} is not in the select list (1 to ${count}).`, place);
}

export function groupByPositionAggregate(position: number, expression: string, place: Place): QueryError {
  return error(
    'GROUP_BY_POS_AGGREGATE',
    `GROUP BY position ${position} is ${quoted(expression)}, which contains an aggregate function.`,
    place,
  );
}

export function orderByPosition(position: number, count: number, place: Place): QueryError {
  return error('ORDER_BY_POS_OUT_OF_RANGE', `ORDER BY position ${position} is not in the select list (1 to ${count}).`, place);
}

export function groupingOutside(place: Place): QueryError {
  return error('UNSUPPORTED_GROUPING_EXPRESSION', 'grouping() and grouping_id() need GROUPING SETS, CUBE or ROLLUP.', place);
}

export function setOperationColumns(operator: string, left: number, right: number, place: Place): QueryError {
  return error(
    'NUM_COLUMNS_MISMATCH',
    `${operator} needs inputs with the same number of columns, but the first has ${left} and the second ${right}.`,
    place,
  );
}

export function setOperationTypes(operator: string, column: number, left: DataType, right: DataType, place: Place): QueryError {
  return error(
    'INCOMPATIBLE_COLUMN_TYPE',
    `${operator}: the ${ordinal(column)} column is ${quoted(typeText(left))} in the first input and ${quoted(typeText(right))} in the second.`,
    place,
  );
}

export function limitLike(
  problem: 'IS_UNFOLDABLE' | 'DATA_TYPE' | 'IS_NULL' | 'IS_NEGATIVE',
  name: string,
  expression: string,
  place: Place,
): QueryError {
  const reasons = {
    IS_UNFOLDABLE: 'must be a constant',
    DATA_TYPE: 'must be an integer',
    IS_NULL: 'must not be null',
    IS_NEGATIVE: 'must not be negative',
  };
  return error(
    `INVALID_LIMIT_LIKE_EXPRESSION.${problem}`,
    `${name.toUpperCase()} ${reasons[problem]}, but is ${quoted(expression)}.`,
    place,
  );
}

export function unboundParameter(name: string | number, place: Place): QueryError {
  const what = typeof name === 'number' ? `parameter ${name + 1} (?)` : `parameter :${name}`;
  return error('UNBOUND_SQL_PARAMETER', `No value was given for ${what}.`, place);
}

export function aliasColumns(name: string, given: number, actual: number, place: Place): QueryError {
  return error('ASSIGNMENT_ARITY_MISMATCH', `${quoted(name)} is given ${given} column names but has ${actual} columns.`, place);
}

export function valuesWidth(expected: number, actual: number, place: Place): QueryError {
  return error(
    'INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH',
    `All rows of VALUES need the same number of columns: the first has ${expected}, this one ${actual}.`,
    place,
  );
}

export function valuesTypes(column: string, place: Place): QueryError {
  return error(
    'INVALID_INLINE_TABLE.INCOMPATIBLE_TYPES_IN_INLINE_TABLE',
    `The values of the column ${quoted(column)} have no common type.`,
    place,
  );
}

export function recursiveView(name: string, place: Place): QueryError {
  return error('RECURSIVE_VIEW', `The view ${quoted(name)} is defined by itself.`, place);
}

export function starWhere(place: Place): QueryError {
  return error('INVALID_USAGE_OF_STAR_OR_REGEX', '* can only stand in a select list or in count(*).', place);
}

export function emptyStar(qualifier: string, names: readonly string[], place: Place): QueryError {
  return error(
    'CANNOT_RESOLVE_STAR_EXPAND',
    `No table named ${quoted(qualifier)} for ${quoted(`${qualifier}.*`)}.${names.length === 0 ? '' : ` Tables: ${shown(names)}.`}`,
    place,
  );
}

export function tooDeep(place: Place): QueryError {
  return error('EXPRESSION_TOO_DEEP', 'The query is nested too deeply. Compute parts of it in subqueries or views.', place);
}

export function tooLarge(name: string, place: Place): QueryError {
  return error(
    'EXPRESSION_TOO_DEEP',
    `The alias ${quoted(name)} stands for a very large expression, as aliases that use aliases can. Compute it in a subquery.`,
    place,
  );
}

export function stepZero(place: Place): QueryError {
  return error('DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE', 'The step of range() must not be 0.', place);
}

export function argumentValue(name: string, problem: string, place: Place): QueryError {
  return error('DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE', `${quoted(name)}: ${problem}`, place);
}

export function timeTypeUnsupported(expression: string, place: Place): QueryError {
  return error('UNSUPPORTED_TIME_TYPE', `Cannot resolve ${quoted(expression)}: dates and times have no such result.`, place);
}

export function distinctWithoutAggregate(name: string, what: string, place: Place): QueryError {
  return error(
    'INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX',
    `The function ${quoted(name)} does not take ${what}.`,
    place,
  );
}

export function generatorWhere(name: string, place: Place): QueryError {
  return error(
    'UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS',
    `${quoted(name)} makes rows: it stands alone in a select list, or after LATERAL VIEW, and not inside of other expressions or clauses.`,
    place,
  );
}

export function lateralViewFunction(name: string, place: Place): QueryError {
  return error(
    'UNRESOLVED_ROUTINE',
    `${quoted(name)} is no function that makes rows. LATERAL VIEW takes explode, posexplode and inline, and their _outer forms.`,
    place,
  );
}

export function multipleGenerators(names: readonly string[], place: Place): QueryError {
  return error(
    'UNSUPPORTED_GENERATOR.MULTI_GENERATOR',
    `A select list can have one function that makes rows, not ${names.length}: ${names.join(', ')}. Use LATERAL VIEW for the others.`,
    place,
  );
}

export function generatorColumns(name: string, given: number, made: number, place: Place): QueryError {
  return error(
    'UDTF_ALIAS_NUMBER_MISMATCH',
    `${quoted(name)} makes ${made} ${made === 1 ? 'column' : 'columns'}, but ${given} ${given === 1 ? 'name is' : 'names are'} given.`,
    place,
  );
}

export function generatorOverAggregate(name: string, place: Place): QueryError {
  return error(
    'UNSUPPORTED_GENERATOR.OUTSIDE_SELECT',
    `${quoted(name)} cannot stand beside aggregate functions or GROUP BY. Group in a subquery.`,
    place,
  );
}

export function extractFailures(place: Place): ExtractFailures {
  return {
    fieldNotFound: (name, fields) =>
      error('FIELD_NOT_FOUND', `No such struct field ${quoted(name)}. Fields: ${shown(fields)}.${meant(name, fields)}`, place),
    ambiguousField: (name, count) =>
      error(
        'AMBIGUOUS_REFERENCE_TO_FIELDS',
        `The struct field ${quoted(name)} is ambiguous: ${count} fields have this name.`,
        place,
      ),
    notExtractable: (type) =>
      error(
        'INVALID_EXTRACT_BASE_FIELD_TYPE',
        `Only structs, arrays and maps have parts to take out, not the type ${quoted(typeText(type))}.`,
        place,
      ),
  };
}

export function nestedTooDeep(place: Place): QueryError {
  return error('NESTED_TYPE_TOO_DEEP', `Arrays, structs and maps can be nested ${NESTING_MAX} levels deep.`, place);
}

export function invalidMapKey(expression: string, type: DataType, place: Place): QueryError {
  return error(
    'DATATYPE_MISMATCH.INVALID_MAP_KEY_TYPE',
    `Cannot resolve ${quoted(expression)}: a key of a map cannot be or hold a map (${quoted(typeText(type))}).`,
    place,
  );
}

export function groupByMap(name: string, type: DataType, place: Place): QueryError {
  return error(
    'GROUP_EXPRESSION_TYPE_IS_NOT_ORDERABLE',
    `${quoted(name)} cannot be grouped by: maps (${quoted(typeText(type))}) have no equality. Group by map_keys or map_values, or cast it to string.`,
    place,
  );
}
