import { BOOLEAN, INT, NULL, type DataType } from '../../types/data-type.js';
import { isOrderable } from '../../types/nested.js';
import { widerTypeOf } from '../../types/coercion.js';
import type { Bound } from '../bound.js';
import { call, caseWhen, coerce, literal } from '../build.js';
import { compare } from './comparison.js';
import { scalar, sugar, type CallSite, type FunctionEntry, type Resolver } from './entry.js';
import { alike, arg, arity, coerceArg } from './resolve.js';

/** The first of several that is not null. */
function coalesceOf(site: CallSite, inputs: readonly Bound[]): Bound {
  const { args, type } = alike(site, inputs);
  return call(
    'coalesce',
    args,
    type,
    args.every((a) => a.nullable),
    site.at,
  );
}

function coalesce(site: CallSite): Bound {
  arity(site, 1, Infinity);
  return coalesceOf(site, site.args);
}

function extreme(fn: 'greatest' | 'least'): Resolver {
  return (site) => {
    arity(site, 2, Infinity);
    const { args, type } = alike(site, site.args);
    if (!isOrderable(type)) {
      throw site.fail.invalidOrdering(type);
    }
    return call(
      fn,
      args,
      type,
      args.every((a) => a.nullable),
      site.at,
    );
  };
}

/** CASE with one branch. */
function choose(site: CallSite, when: Bound, then: Bound, otherwise: Bound): Bound {
  const { args, type } = alike(site, [then, otherwise]);
  const [yes = then, no = otherwise] = args;
  return caseWhen([{ when, then: yes }], no, type, site.at);
}

function conditional(site: CallSite): Bound {
  arity(site, 3);
  if (arg(site, 0).type.kind !== 'boolean' && arg(site, 0).type.kind !== 'null') {
    throw site.fail.unexpectedInputType(0, BOOLEAN);
  }
  return choose(site, coerceArg(site, 0, BOOLEAN), arg(site, 1), arg(site, 2));
}

function nullIf(site: CallSite, left: Bound, right: Bound): Bound {
  return caseWhen([{ when: compare(site, '=', left, right), then: literal(null, left.type) }], left, left.type, site.at);
}

function nvl2(site: CallSite): Bound {
  arity(site, 3);
  const present = call('isnotnull', [arg(site, 0)], BOOLEAN, false, site.at);
  return choose(site, present, arg(site, 1), arg(site, 2));
}

/** decode(x, search, result, …, default): null finds null. */
function decode(site: CallSite): Bound {
  if (site.args.length === 2) {
    throw site.fail.notSupported('decode() of a character set');
  }
  arity(site, 3, Infinity);
  const input = arg(site, 0);
  const pairs = Math.floor((site.args.length - 1) / 2);
  const results = Array.from({ length: pairs }, (_, i) => arg(site, 2 * i + 2));
  const otherwise = site.args.length % 2 === 0 ? arg(site, site.args.length - 1) : literal(null, NULL);
  const type: DataType | undefined = widerTypeOf([...results, otherwise].map((r) => r.type));
  if (type === undefined) {
    throw site.fail.dataDiffTypes([...results, otherwise].map((r) => r.type));
  }
  const branches = results.map((then, i) => ({
    when: compare(site, '<=>', input, arg(site, 2 * i + 1)),
    then: coerce(then, type),
  }));
  return caseWhen(branches, coerce(otherwise, type), type, site.at);
}

const ZERO = literal(0, INT);

function pair(make: (site: CallSite, a: Bound, b: Bound) => Bound): Resolver {
  return (site) => {
    arity(site, 2);
    return make(site, arg(site, 0), arg(site, 1));
  };
}

function withZero(make: (site: CallSite, a: Bound, b: Bound) => Bound): Resolver {
  return (site) => {
    arity(site, 1);
    return make(site, arg(site, 0), ZERO);
  };
}

export const CONDITIONAL: readonly FunctionEntry[] = [
  scalar({
    name: 'coalesce',
    nulls: 'custom',
    resolve: coalesce,
    doc: 'The first value that is not null.',
    example: 'coalesce(NULL, 1) → 1',
  }),
  scalar({
    name: 'greatest',
    nulls: 'custom',
    resolve: extreme('greatest'),
    doc: 'The largest value; nulls do not count.',
    example: 'greatest(1, NULL, 3) → 3',
  }),
  scalar({
    name: 'least',
    nulls: 'custom',
    resolve: extreme('least'),
    doc: 'The smallest value; nulls do not count.',
    example: 'least(1, NULL, 3) → 1',
  }),
  sugar({
    name: 'if',
    aliases: ['iff'],
    resolve: conditional,
    doc: 'The second value where the first is true, else the third.',
    example: 'if(1 < 2, 3, 4) → 3',
  }),
  sugar({
    name: 'nullif',
    resolve: pair(nullIf),
    doc: 'Null where both are equal, else the first.',
    example: 'nullif(1, 1) → NULL',
  }),
  sugar({ name: 'nullifzero', resolve: withZero(nullIf), doc: 'Null for 0.', example: 'nullifzero(0) → NULL' }),
  sugar({
    name: 'zeroifnull',
    resolve: withZero((site, a, b) => coalesceOf(site, [a, b])),
    doc: '0 for null.',
    example: 'zeroifnull(NULL) → 0',
  }),
  sugar({
    name: 'ifnull',
    aliases: ['nvl'],
    resolve: pair((site, a, b) => coalesceOf(site, [a, b])),
    doc: 'The first value, or the second where it is null.',
    example: 'ifnull(NULL, 1) → 1',
  }),
  sugar({
    name: 'nvl2',
    resolve: nvl2,
    doc: 'The second value where the first is not null, else the third.',
    example: 'nvl2(NULL, 1, 2) → 2',
  }),
  sugar({
    name: 'decode',
    resolve: decode,
    doc: 'The result beside the first search value that equals the input.',
    example: "decode(2, 1, 'a', 2, 'b') → b",
  }),
];
