import type { Parameters } from '../analyzer/catalog.js';
import type { LogicalPlan } from './logical-plan.js';

/**
 * The plan with parameters replaced by their values, wherever they stand. One without a value stays: the analyzer names it.
 * Plans are plain data, so one walk over all members finds every expression; untouched parts are shared.
 */
export function bindParameters(plan: LogicalPlan, parameters: Parameters): LogicalPlan {
  return parameters.size === 0 ? plan : (replace(plan, parameters) as LogicalPlan);
}

function replace(value: unknown, parameters: Parameters): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array || value instanceof Map) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => replace(item, parameters));
    return items.every((item, i) => item === value[i]) ? value : Object.freeze(items);
  }
  const node = value as Readonly<Record<string, unknown>>;
  if (node['kind'] === 'parameter') return parameters.get(node['name'] as string | number) ?? node;
  let changed = false;
  const copy: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(node)) {
    copy[key] = replace(member, parameters);
    changed ||= copy[key] !== member;
  }
  return changed ? Object.freeze(copy) : node;
}
