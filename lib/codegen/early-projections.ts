import type { Bound, SlotRef } from '../core/expr/bound.js';
import { boundKey, rewrite, walk } from '../core/expr/walk.js';
import { isDeterministic } from '../core/optimizer/expressions.js';
import type { Pipeline, Sink, Stage, Step } from '../core/physical/stage.js';
import { batchCall } from './batch-calls.js';
import { codedSlots } from './coded-slots.js';
import { FUNCTIONS } from './functions/index.js';

/**
 * What expressions evaluate for every row anyway is taken out of them, into a projection before them, where that is cheaper: calls that kernels know for whole batches (batch-calls.ts), and
 * everything over one column of strings that may come as codes of a dictionary, which is then computed for the dictionary.
 */
export function withEarlyProjections(stage: Stage): Stage {
  const { pipelines, sink } = stage;
  // What a sink evaluates is over the slots of one pipeline.
  if (pipelines.length !== 1) return { ...stage, pipelines: pipelines.map((pipeline) => takeOut(pipeline, sink).pipeline) };
  const taken = takeOut(pipelines[0]!, sink);
  return { ...stage, pipelines: [taken.pipeline], sink: taken.sink };
}

/** Larger expressions are not looked at. */
const NODES_MAX = 64;
/** Functions whose first argument alone is evaluated for every row. */
const FIRST_FIRST: ReadonlySet<string> = new Set(['and', 'or', 'in', 'coalesce']);
/** Those that take care of nulls themselves and evaluate all arguments. */
const COMPARISONS: ReadonlySet<string> = new Set(['=', '<', '<=', '>', '>=', '<=>', 'isnull', 'isnotnull']);

interface Taken {
  readonly pipeline: Pipeline;
  readonly sink: Sink;
}

function takeOut(pipeline: Pipeline, sink: Sink): Taken {
  const strings = loadedStrings(pipeline);
  const first = new EarlyProjections(pipeline, sink, strings).taken();
  // A string that something else reads as well does not come as a code.
  const coded = codedSlots(first.pipeline, first.sink);
  const over = overSlots(first.pipeline);
  return over.every((slot) => coded.has(slot))
    ? first
    : new EarlyProjections(pipeline, sink, new Set(over.filter((slot) => coded.has(slot)))).taken();
}

const overSlots = ({ steps }: Pipeline): number[] =>
  steps.flatMap((step) => (step.kind === 'project' && step.over !== undefined ? [step.over] : []));

function loadedStrings({ source, steps, slots }: Pipeline): ReadonlySet<number> {
  if (source.kind !== 'blocks' && source.kind !== 'scan') return new Set();
  const loaded = steps.flatMap((step) => (step.kind === 'load' ? step.columns.map(({ slot }) => slot) : []));
  return new Set(loaded.filter((slot) => ['string', 'binary'].includes(slots[slot]!.type.kind)));
}

type Output = Extract<Step, { kind: 'project' }>['outputs'][number];

class EarlyProjections {
  readonly #slots: Pipeline['slots'][number][];
  readonly #steps: Step[] = [];
  /** Of the step at hand: what is taken out, by the column of strings that it is over, if it is over one. */
  #outputs = new Map<number | undefined, Output[]>();
  #known = new Map<string, SlotRef>();

  constructor(
    private readonly pipeline: Pipeline,
    private readonly sink: Sink,
    /** Slots of strings that may come as codes. */
    private readonly strings: ReadonlySet<number>,
  ) {
    this.#slots = [...pipeline.slots];
  }

  taken(): Taken {
    const { pipeline, sink } = this;
    for (const step of pipeline.steps) {
      if (step.kind === 'filter') this.#add({ kind: 'filter', condition: this.#rewrite(step.condition) });
      else if (step.kind === 'project') this.#project(step.outputs);
      else this.#steps.push(step);
    }
    let rewritten = sink;
    if (sink.kind === 'aggregate') {
      rewritten = { ...sink, aggregates: sink.aggregates.map((aggregate) => this.#rewrite(aggregate) as typeof aggregate) };
      this.#flush();
    }
    return { pipeline: { ...pipeline, slots: this.#slots, steps: this.#steps }, sink: rewritten };
  }

  #add(step: Step): void {
    this.#flush();
    this.#steps.push(step);
  }

  /** The projections of what was taken out of the step that comes next. */
  #flush(): void {
    for (const [over, outputs] of this.#outputs)
      this.#steps.push(over === undefined ? { kind: 'project', outputs } : { kind: 'project', outputs, over });
    this.#outputs = new Map();
    this.#known = new Map();
  }

  #project(outputs: readonly Output[]): void {
    const rest: Output[] = [];
    for (const output of outputs) {
      const over = this.#over(output.expr);
      if (over !== undefined) this.#take(over, output);
      else if (batchCall(output.expr) !== undefined) rest.push(output);
      else rest.push({ slot: output.slot, expr: this.#rewrite(output.expr) });
    }
    if (rest.length === 0) this.#flush();
    else this.#add({ kind: 'project', outputs: rest });
  }

  #take(over: number | undefined, output: Output): void {
    const outputs = this.#outputs.get(over);
    if (outputs === undefined) this.#outputs.set(over, [output]);
    else outputs.push(output);
  }

  #rewrite(root: Bound): Bound {
    const found = new Set<Bound>();
    const pending: Bound[] = [root];
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      if (this.#over(node) !== undefined || batchCall(node) !== undefined) found.add(node);
      else pending.push(...argumentsAlwaysEvaluated(node));
    }
    return found.size === 0 ? root : rewrite(root, { before: (node) => (found.has(node) ? this.#slotOf(node) : undefined) });
  }

  #slotOf(node: Bound): SlotRef {
    const key = boundKey(node);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const { type, nullable } = node;
    const index = this.#slots.push({ type, nullable }) - 1;
    this.#take(this.#over(node), { slot: index, expr: node });
    const ref: SlotRef = Object.freeze({ kind: 'slot', index, type, nullable });
    this.#known.set(key, ref);
    return ref;
  }

  /** The slot of strings that an expression is over, and over nothing else. */
  #over(root: Bound): number | undefined {
    if (root.kind === 'slot' || root.kind === 'literal' || root.kind === 'aggregate') return undefined;
    let only: number | undefined;
    let nodes = 0;
    walk(root, (node) => {
      nodes++;
      if (node.kind === 'slot') only = only === undefined || only === node.index ? node.index : -1;
      return only !== -1 && nodes <= NODES_MAX;
    });
    return only !== undefined && nodes <= NODES_MAX && this.strings.has(only) && isDeterministic(root) ? only : undefined;
  }
}

function argumentsAlwaysEvaluated(node: Bound): readonly Bound[] {
  switch (node.kind) {
    case 'call':
      if (FIRST_FIRST.has(node.fn)) return node.args.slice(0, 1);
      if (COMPARISONS.has(node.fn)) return node.args;
      return FUNCTIONS.get(node.fn)?.kind === 'strict' ? node.args : [];
    case 'cast':
      return [node.input];
    case 'aggregate':
      return node.filter === undefined ? node.args : [];
    default:
      return [];
  }
}
