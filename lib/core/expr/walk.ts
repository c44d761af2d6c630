import { typeName } from '../types/data-type.js';
import type { Bound, BoundCase } from './bound.js';

/** Walking and rewriting bound expressions. Nothing here recurses: chains of 10,000 terms are ordinary. */

type BoundKind = Bound['kind'];
type NodeOf<K extends BoundKind> = Extract<Bound, { kind: K }>;

const NO_CHILDREN: readonly Bound[] = Object.freeze([]);

const sameList = (a: readonly Bound[], b: readonly Bound[]): boolean => a.length === b.length && a.every((x, i) => x === b[i]);

function childAt(children: readonly Bound[], index: number): Bound {
  const child = children[index];
  if (child === undefined) {
    throw new RangeError(`no child ${index}`);
  }
  return child;
}

interface Shape<K extends BoundKind> {
  readonly children: (node: NodeOf<K>) => readonly Bound[];
  /** The node with other children, as many as before. */
  readonly rebuild: (node: NodeOf<K>, children: readonly Bound[]) => NodeOf<K>;
}

function rebuildCase(node: BoundCase, children: readonly Bound[]): BoundCase {
  const branches = node.branches.map((_, i) =>
    Object.freeze({ when: childAt(children, 2 * i), then: childAt(children, 2 * i + 1) }),
  );
  return Object.freeze({ ...node, branches: Object.freeze(branches), otherwise: childAt(children, 2 * node.branches.length) });
}

/** The children of each kind, in evaluation order, and how to put others in their place. Typed so that it cannot lag behind the union. */
const SHAPES: { readonly [K in BoundKind]: Shape<K> } = {
  literal: { children: () => NO_CHILDREN, rebuild: (node) => node },
  attribute: { children: () => NO_CHILDREN, rebuild: (node) => node },
  slot: { children: () => NO_CHILDREN, rebuild: (node) => node },
  call: {
    children: (node) => node.args,
    rebuild: (node, children) => Object.freeze({ ...node, args: Object.freeze([...children]) }),
  },
  cast: {
    children: (node) => [node.input],
    rebuild: (node, children) => Object.freeze({ ...node, input: childAt(children, 0) }),
  },
  case: { children: (node) => [...node.branches.flatMap((b) => [b.when, b.then]), node.otherwise], rebuild: rebuildCase },
  aggregate: {
    children: (node) => (node.filter === undefined ? node.args : [...node.args, node.filter]),
    rebuild: (node, children) =>
      Object.freeze({
        ...node,
        args: Object.freeze(children.slice(0, node.args.length)),
        ...(node.filter === undefined ? {} : { filter: childAt(children, node.args.length) }),
      }),
  },
};

function shapeOf(node: Bound): Shape<BoundKind> {
  return SHAPES[node.kind] as unknown as Shape<BoundKind>;
}

/** The direct children, in evaluation order. */
export function childrenOf(node: Bound): readonly Bound[] {
  return shapeOf(node).children(node);
}

/** The node with other children; itself when they are the same objects. */
export function withChildren(node: Bound, children: readonly Bound[]): Bound {
  const shape = shapeOf(node);
  return sameList(shape.children(node), children) ? node : shape.rebuild(node, children);
}

/** Visits every node, parents first, left to right. A visitor that returns false keeps the walk out of that node. */
export function walk(root: Bound, visit: (node: Bound) => boolean | void): void {
  const pending: Bound[] = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (visit(node) === false) {
      continue;
    }
    const children = childrenOf(node);
    for (let i = children.length - 1; i >= 0; i--) {
      pending.push(childAt(children, i));
    }
  }
}

/** Whether some node satisfies the test. */
export function some(root: Bound, test: (node: Bound) => boolean): boolean {
  let found = false;
  walk(root, (node) => {
    found ||= test(node);
    return !found;
  });
  return found;
}

interface RewriteFrame {
  readonly node: Bound;
  readonly children: readonly Bound[];
  readonly done: Bound[];
}

export interface RewriteSteps {
  /** Before the children: a replacement is final and not descended into; `undefined` goes on. */
  readonly before?: (node: Bound) => Bound | undefined;
  /** After the children, on the node with its new children. */
  readonly after?: (node: Bound) => Bound;
}

/** Rebuilds a tree bottom-up. Where nothing changes the same objects come back. */
export function rewrite(root: Bound, steps: RewriteSteps): Bound {
  const frames: RewriteFrame[] = [];
  let result: Bound | undefined;
  const enter = (node: Bound): void => {
    const replaced = steps.before?.(node);
    if (replaced === undefined) {
      frames.push({ node, children: childrenOf(node), done: [] });
    } else {
      give(replaced);
    }
  };
  const give = (node: Bound): void => {
    const parent = frames.at(-1);
    if (parent === undefined) {
      result = node;
    } else {
      parent.done.push(node);
    }
  };
  enter(root);
  for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
    const next = frame.children[frame.done.length];
    if (next !== undefined) {
      enter(next);
      continue;
    }
    frames.pop();
    const rebuilt = withChildren(frame.node, frame.done);
    give(steps.after === undefined ? rebuilt : steps.after(rebuilt));
  }
  return result ?? root;
}

/** Ids of expressions: equal ids, equal meaning and type. One for a tree costs its size once, however many parts are asked for. */
export interface ExpressionIds {
  idOf(node: Bound): number;
}

export function expressionIds(): ExpressionIds {
  const byText = new Map<string, number>();
  const byNode = new WeakMap<Bound, number>();
  const idOfText = (text: string): number => {
    const known = byText.get(text);
    if (known !== undefined) {
      return known;
    }
    byText.set(text, byText.size);
    return byText.size - 1;
  };
  return {
    idOf(root) {
      const known = byNode.get(root);
      if (known !== undefined) {
        return known;
      }
      postOrder(root, byNode, (node) => {
        const children = childrenOf(node).map((child) => byNode.get(child) ?? -1);
        byNode.set(node, idOfText(`${ownKey(node)}(${children.join(',')})`));
      });
      return byNode.get(root) ?? -1;
    },
  };
}

/** Visits children before parents; nodes already in `seen` are left out. */
function postOrder(root: Bound, seen: WeakMap<Bound, number>, visit: (node: Bound) => void): void {
  const pending: { readonly node: Bound; readonly expanded: boolean }[] = [{ node: root, expanded: false }];
  for (let item = pending.pop(); item !== undefined; item = pending.pop()) {
    if (seen.has(item.node)) {
      continue;
    }
    if (item.expanded) {
      visit(item.node);
      continue;
    }
    pending.push({ node: item.node, expanded: true });
    for (const child of childrenOf(item.node)) {
      pending.push({ node: child, expanded: false });
    }
  }
}

function literalKey(node: NodeOf<'literal'>): string {
  const { value } = node;
  if (value instanceof Uint8Array) {
    return `x${Array.from(value, (b) => b.toString(16).padStart(2, '0')).join('')}`;
  }
  if (typeof value === 'string') {
    return JSON.stringify(value);
  }
  return Object.is(value, -0) ? '-0' : `${typeof value} ${String(value)}`;
}

/** What a node is, its children aside. Result types are part of it: `add` of decimals has many. */
function ownKey(node: Bound): string {
  const type = typeName(node.type);
  switch (node.kind) {
    case 'literal':
      return `literal ${type} ${literalKey(node)}`;
    case 'attribute':
      return `#${node.id}`;
    case 'slot':
      return `$${node.index}`;
    case 'call':
      return `${node.fn} ${type}`;
    case 'cast':
      return `cast ${node.mode} ${type}`;
    case 'case':
      return `case ${type}`;
    case 'aggregate':
      return `agg ${node.fn} ${node.distinct ? 'distinct ' : ''}${node.filter === undefined ? '' : 'filter '}${type}`;
  }
}

/** Text that is equal for equal expressions: same functions, types and values; places in the SQL text do not count. */
export function boundKey(root: Bound): string {
  const parts: string[] = [];
  const pending: (Bound | string)[] = [root];
  for (let item = pending.pop(); item !== undefined; item = pending.pop()) {
    if (typeof item === 'string') {
      parts.push(item);
      continue;
    }
    const children = childrenOf(item);
    parts.push(ownKey(item));
    if (children.length > 0) {
      parts.push('(');
      pending.push(')');
      for (let i = children.length - 1; i >= 0; i--) {
        pending.push(childAt(children, i));
        if (i > 0) {
          pending.push(',');
        }
      }
    }
  }
  return parts.join('');
}

export { formatBound } from './format-bound.js';
export { sqlName } from './sql-name.js';
