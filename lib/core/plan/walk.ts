import { INPUTS, type Resolved } from './resolved-plan.js';

/** Walking and rewriting resolved plans, all derived from the INPUTS table. Plans are as deep as queries are long, so recursion is fine here. */

export function inputsOf(node: Resolved): readonly Resolved[] {
  const members = INPUTS[node.kind] as readonly string[];
  const record = node as unknown as Readonly<Record<string, Resolved | readonly Resolved[]>>;
  return members.flatMap((member) => record[member]!);
}

/** The node with other inputs; itself when they are the same objects. */
export function withInputs(node: Resolved, inputs: readonly Resolved[]): Resolved {
  const old = inputsOf(node);
  if (old.every((input, i) => input === inputs[i])) return node;
  if (node.kind === 'union') return Object.freeze({ ...node, inputs: Object.freeze([...inputs]) });
  return Object.freeze({ ...node, input: inputs[0]! }) as Resolved;
}

/** Inputs first, then the node itself; the same object where nothing changes. */
export function rewriteUp(node: Resolved, step: (node: Resolved) => Resolved): Resolved {
  return step(
    withInputs(
      node,
      inputsOf(node).map((input) => rewriteUp(input, step)),
    ),
  );
}

/** The node first, again while it changes, then its inputs. */
export function rewriteDown(node: Resolved, step: (node: Resolved) => Resolved): Resolved {
  let current = node;
  for (let next = step(current); next !== current; next = step(current)) current = next;
  return withInputs(
    current,
    inputsOf(current).map((input) => rewriteDown(input, step)),
  );
}

export function walkPlan(node: Resolved, visit: (node: Resolved, depth: number) => void, depth = 0): void {
  visit(node, depth);
  for (const input of inputsOf(node)) walkPlan(input, visit, depth + 1);
}
