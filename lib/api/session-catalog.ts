import { QueryError } from '../core/errors.js';
import { inspectSource, type InspectedSource } from '../io/index.js';
import type { AnalyzeOptions, Catalog } from '../core/analyzer/index.js';
import type { Bound } from '../core/expr/bound.js';
import type { LiteralValue } from '../core/expr/expr.js';
import type { LogicalPlan, ReadPlan } from '../core/plan/logical-plan.js';
import type { ScanSource } from '../core/plan/resolved-plan.js';
import type { Schema } from '../core/types/data-type.js';
import { parameterLiterals, type SqlParameters } from './statements.js';
import type { Session } from './session.js';

const INSPECTIONS_MAX = 256;

/** What an analysis came to depends on. */
export interface Basis {
  /** False once it would come to something else. Looks at files, as analyses do. */
  isCurrent(): boolean;
}

/** The names of a session: its views, and files by path. */
export class SessionCatalog implements Catalog {
  /** By lower-case name. */
  readonly #views = new Map<string, { readonly name: string; readonly plan: LogicalPlan }>();
  readonly #inspections = new Map<string, InspectedSource>();
  /** By plan node, until the code that runs now has ended. */
  readonly #lookedUp = new Map<ReadPlan, InspectedSource>();
  /** Changes of the views so far. */
  #changes = 0;
  /** What the running analysis has asked for. */
  #asked: { readonly sources: Set<InspectedSource>; moment: boolean } | undefined;

  constructor(private readonly session: Session) {}

  analyzeOptions(sql?: string, parameters?: SqlParameters): AnalyzeOptions {
    return {
      ansi: true,
      timeZone: 'UTC',
      parameters: parameterLiterals(parameters),
      now: () => this.#now(),
      ...(sql === undefined ? {} : { sql }),
    };
  }

  #now(): bigint {
    if (this.#asked !== undefined) this.#asked.moment = true;
    return BigInt(Date.now()) * 1000n;
  }

  /** Runs an analysis and tells what it depends on; no basis where it means another moment each time. */
  withBasis<T>(analysis: () => T): { readonly result: T; readonly basis: Basis | undefined } {
    const asked = { sources: new Set<InspectedSource>(), moment: false };
    this.#asked = asked;
    try {
      const result = analysis();
      const changes = this.#changes;
      const isCurrent = (): boolean => this.#changes === changes && [...asked.sources].every((source) => source.isCurrent());
      return { result, basis: asked.moment ? undefined : { isCurrent } };
    } finally {
      this.#asked = undefined;
    }
  }

  registerView(name: string, plan: LogicalPlan, replace: boolean): void {
    const key = name.toLowerCase();
    if (!replace && this.#views.has(key)) {
      throw new QueryError({
        code: 'TEMP_TABLE_OR_VIEW_ALREADY_EXISTS',
        message: `There is a view named "${name}" already. CREATE OR REPLACE TEMP VIEW replaces it.`,
      });
    }
    this.#views.set(key, { name, plan });
    this.#changes++;
  }

  dropView(name: string, ifExists: boolean): void {
    this.#changes++;
    if (!this.#views.delete(name.toLowerCase()) && !ifExists) {
      throw new QueryError({ code: 'TABLE_OR_VIEW_NOT_FOUND', message: `There is no view named "${name}".` });
    }
  }

  view(path: readonly string[]): LogicalPlan | undefined {
    return path.length === 1 ? this.#views.get(path[0]!.toLowerCase())?.plan : undefined;
  }

  viewNames(): readonly string[] {
    return [...this.#views.values()].map(({ name }) => name);
  }

  /**
   * Files are sampled once; an inspection is used again while its files have the same sizes and times. Each method of a chain analyzes its plan anew: for calls that
   * follow each other without a pause the files of one read are looked up once, since there may be many.
   */
  source(read: ReadPlan): ScanSource {
    let found = this.#lookedUp.get(read);
    if (found === undefined) {
      found = this.#currentSource(read);
      if (this.#lookedUp.size === 0) queueMicrotask(() => this.#lookedUp.clear());
      this.#lookedUp.set(read, found);
    }
    this.#asked?.sources.add(found);
    return found.source;
  }

  #currentSource(read: ReadPlan): InspectedSource {
    const key = JSON.stringify([read.format, read.paths, [...read.options], read.schema]);
    const known = this.#inspections.get(key);
    if (known?.isCurrent() === true) return known;
    const inspected = inspectSource(read);
    this.#inspections.delete(key);
    this.#inspections.set(key, inspected);
    if (this.#inspections.size > INSPECTIONS_MAX) this.#inspections.delete(this.#inspections.keys().next().value!);
    return inspected;
  }

  localSchema(id: number): Schema | undefined {
    return this.session.registry.local(id)?.schema;
  }

  evaluateConstant(expr: Bound): LiteralValue {
    return this.session.engine.evaluateConstant(expr);
  }
}
