import type { Rule } from './rule.js';
import { answerFromStatistics } from './rules/answer-from-statistics.js';
import { collapseProjects } from './rules/collapse-projects.js';
import { countDistinctByGroups } from './rules/count-distinct-by-groups.js';
import { dropDependentKeys } from './rules/drop-dependent-keys.js';
import { eliminateFilters } from './rules/eliminate-filters.js';
import { foldConstants } from './rules/fold-constants.js';
import { mergeFilters } from './rules/merge-filters.js';
import { pruneColumns } from './rules/prune-columns.js';
import { pushFilters } from './rules/push-filters.js';
import { pushLimits } from './rules/push-limits.js';
import { readFields } from './rules/read-fields.js';

/**
 * The optimizer's rules, in the order they run. Each runs once over the whole plan; order matters where a rule says so.
 */
export const RULES: readonly Rule[] = Object.freeze([
  foldConstants,
  mergeFilters,
  // After folding: conditions are literals by then. Before pushing: what is gone need not move.
  eliminateFilters,
  collapseProjects,
  pushFilters,
  // Pushing leaves filters next to each other under unions and projections.
  mergeFilters,
  collapseProjects,
  // After pushing: conditions of scans gain most.
  readFields,
  dropDependentKeys,
  // Before limits are pushed: they say nothing of the rows that an aggregate sees.
  answerFromStatistics,
  countDistinctByGroups,
  pushLimits,
  // Last: it looks at what every expression that is left reads.
  pruneColumns,
  collapseProjects,
]);
