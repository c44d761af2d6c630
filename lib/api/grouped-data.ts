import type { Expr } from '../core/expr/expr.js';
import type { Column } from './column.js';
import { planNode } from './dataframe-plans.js';
import { avg, count, max, min, sum } from './functions.js';
import { DataFrame } from './dataframe.js';

/** Groups of rows, waiting for their aggregates. Made by {@link DataFrame.groupBy}. */
export class GroupedData {
  /** @internal */
  constructor(
    private readonly df: DataFrame,
    private readonly keys: readonly Expr[],
  ) {}

  /** A row for each group: the keys, then these aggregates. */
  agg(first: Column, ...rest: readonly Column[]): DataFrame {
    const outputs = [...this.keys, first.expr, ...rest.map(({ expr }) => expr)];
    return new DataFrame(
      this.df.session,
      planNode({ kind: 'aggregate', input: this.df.plan, keys: this.keys, groupAll: false, outputs }),
    );
  }

  /** A row for each group: the keys, and `count`. */
  count(): DataFrame {
    return this.agg(count().as('count'));
  }

  /** The sums of these columns by group. */
  sum(...names: readonly [string, ...string[]]): DataFrame {
    return this.#each(sum, names);
  }

  /** The means of these columns by group. */
  avg(...names: readonly [string, ...string[]]): DataFrame {
    return this.#each(avg, names);
  }

  /** The smallest values of these columns by group. */
  min(...names: readonly [string, ...string[]]): DataFrame {
    return this.#each(min, names);
  }

  /** The largest values of these columns by group. */
  max(...names: readonly [string, ...string[]]): DataFrame {
    return this.#each(max, names);
  }

  #each(f: (name: string) => Column, [first, ...rest]: readonly [string, ...string[]]): DataFrame {
    return this.agg(f(first), ...rest.map(f));
  }
}
