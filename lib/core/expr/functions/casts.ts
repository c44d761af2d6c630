import {
  BIGINT,
  BINARY,
  BOOLEAN,
  DATE,
  DOUBLE,
  FLOAT,
  INT,
  SMALLINT,
  STRING,
  TIMESTAMP,
  TINYINT,
  typeName,
  type DataType,
} from '../../types/data-type.js';
import { canCast } from '../../types/cast-rules.js';
import { DECIMAL_DEFAULT } from '../../types/decimal.js';
import { call, castTo, literal } from '../build.js';
import { scalar, sugar, type FunctionEntry } from './entry.js';
import { arg, arity } from './resolve.js';

/** Types as functions: `int('7')` is a cast. */

const NAMED: readonly (readonly [name: string, type: DataType])[] = [
  ['boolean', BOOLEAN],
  ['tinyint', TINYINT],
  ['smallint', SMALLINT],
  ['int', INT],
  ['bigint', BIGINT],
  ['float', FLOAT],
  ['double', DOUBLE],
  ['decimal', DECIMAL_DEFAULT],
  ['string', STRING],
  ['binary', BINARY],
  ['date', DATE],
  ['timestamp', TIMESTAMP],
];

function castFunction(name: string, type: DataType): FunctionEntry {
  return sugar({
    name,
    doc: `The value as ${typeName(type)}.`,
    example: `${name}(x)`,
    resolve: (site) => {
      arity(site, 1);
      const input = arg(site, 0);
      if (!canCast(input.type, type)) {
        throw site.fail.refusedCast(input, type);
      }
      return castTo(input, type, 'ansi', site.at);
    },
  });
}

export const CASTS: readonly FunctionEntry[] = [
  ...NAMED.map(([name, type]) => castFunction(name, type)),
  sugar({
    name: 'typeof',
    doc: 'The name of the type.',
    example: 'typeof(1) → int',
    resolve: (site) => {
      arity(site, 1);
      return literal(typeName(arg(site, 0).type), STRING, site.at);
    },
  }),
  scalar({
    name: 'spark_partition_id',
    doc: 'The number of the partition the row is in.',
    example: 'spark_partition_id() → 0',
    deterministic: false,
    resolve: (site) => {
      arity(site, 0);
      return call('spark_partition_id', [], INT, false, site.at);
    },
  }),
];
