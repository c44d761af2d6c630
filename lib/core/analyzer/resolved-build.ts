import type { Resolved } from '../plan/resolved-plan.js';

/** Freezes a resolved node and its lists. */
export function freezeNode<N extends Resolved>(node: N): N {
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) {
      Object.freeze(value);
    }
  }
  return Object.freeze(node);
}
