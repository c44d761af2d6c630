import { BOOLEAN, DOUBLE, FLOAT } from '../../types/data-type.js';
import type { Bound } from '../bound.js';
import { call, literal } from '../build.js';
import { scalar, sugar, type CallSite, type FunctionEntry, type Resolver } from './entry.js';
import { alike, arg, arity, coerceArg } from './resolve.js';

/** AND and OR of two or more: nested ones of the same kind become one. */
function connective(fn: 'and' | 'or'): Resolver {
  return (site) => {
    arity(site, 2, Infinity);
    const terms: Bound[] = [];
    for (const index of site.args.keys()) {
      const term = coerceArg(site, index, BOOLEAN);
      if (term.kind === 'call' && term.fn === fn) {
        for (const inner of term.args) {
          terms.push(inner);
        }
      } else {
        terms.push(term);
      }
    }
    return call(
      fn,
      terms,
      BOOLEAN,
      terms.some((t) => t.nullable),
      site.at,
    );
  };
}

function nullTest(fn: 'isnull' | 'isnotnull'): Resolver {
  return (site) => {
    arity(site, 1);
    return call(fn, [arg(site, 0)], BOOLEAN, false, site.at);
  };
}

function truthTest(value: boolean): Resolver {
  return (site) => {
    arity(site, 1);
    return call('<=>', [coerceArg(site, 0, BOOLEAN), literal(value, BOOLEAN)], BOOLEAN, false, site.at);
  };
}

function isUnknown(site: CallSite): Bound {
  arity(site, 1);
  return call('isnull', [coerceArg(site, 0, BOOLEAN)], BOOLEAN, false, site.at);
}

function isNan(site: CallSite): Bound {
  arity(site, 1);
  return call('isnan', [coerceArg(site, 0, [DOUBLE, FLOAT])], BOOLEAN, false, site.at);
}

function nanvl(site: CallSite): Bound {
  arity(site, 2);
  const { args, type } = alike(site, [coerceArg(site, 0, [DOUBLE, FLOAT]), coerceArg(site, 1, [DOUBLE, FLOAT])]);
  return call(
    'nanvl',
    args,
    type,
    args.some((a) => a.nullable),
    site.at,
  );
}

export const LOGIC: readonly FunctionEntry[] = [
  scalar({
    name: 'and',
    nulls: 'custom',
    resolve: connective('and'),
    doc: 'True when all are; false when one is.',
    example: 'true AND NULL → NULL',
  }),
  scalar({
    name: 'or',
    nulls: 'custom',
    resolve: connective('or'),
    doc: 'True when one is; false when all are.',
    example: 'true OR NULL → true',
  }),
  scalar({
    name: 'not',
    aliases: ['!'],
    signatures: [{ params: [BOOLEAN], returns: BOOLEAN }],
    doc: 'The opposite.',
    example: 'NOT true → false',
  }),
  scalar({
    name: 'isnull',
    nulls: 'custom',
    resolve: nullTest('isnull'),
    doc: 'Whether the value is null.',
    example: 'NULL IS NULL → true',
  }),
  scalar({
    name: 'isnotnull',
    nulls: 'custom',
    resolve: nullTest('isnotnull'),
    doc: 'Whether there is a value.',
    example: '1 IS NOT NULL → true',
  }),
  sugar({ name: 'istrue', resolve: truthTest(true), doc: 'True and not null.', example: 'NULL IS TRUE → false' }),
  sugar({ name: 'isfalse', resolve: truthTest(false), doc: 'False and not null.', example: 'NULL IS FALSE → false' }),
  sugar({ name: 'isunknown', resolve: isUnknown, doc: 'A boolean that is null.', example: 'NULL IS UNKNOWN → true' }),
  scalar({
    name: 'isnan',
    nulls: 'custom',
    resolve: isNan,
    doc: 'Whether the number is NaN; false for null.',
    example: "isnan(double('NaN')) → true",
  }),
  scalar({
    name: 'nanvl',
    nulls: 'custom',
    resolve: nanvl,
    doc: 'The first number, or the second where the first is NaN.',
    example: "nanvl(double('NaN'), 5D) → 5.0",
  }),
];
