/** A query and its plans, before and after one rule. */
export interface PlanCase {
  readonly title: string;
  readonly sql: string;
  readonly before: string;
  /** `unchanged` where the rule must not fire. */
  readonly after: string;
}

/**
 * Files of cases: a line `== title`, the SQL, a line `--`, the plan before, a line `--`, the plan after. Numbers of columns count from 1 in the order in
 * which they appear.
 */
export function parsePlans(text: string): PlanCase[] {
  return text
    .split(/^== /m)
    .slice(1)
    .map((block) => {
      const [head = '', before = '', after = ''] = block.split(/^--\n/m);
      const [title = '', ...sql] = head.split('\n');
      return { title, sql: sql.join('\n').trim(), before: before.trimEnd(), after: after.trimEnd() };
    });
}

export function formatCase({ title, sql, before, after }: PlanCase): string {
  return `== ${title}\n${sql}\n--\n${before}\n--\n${after}\n`;
}

/** Ids of columns are a session's; a text must not depend on what ran before. */
export function renumber(plan: string, numbers = new Map<string, number>()): string {
  return plan.replace(/#\d+/g, (id) => {
    if (!numbers.has(id)) numbers.set(id, numbers.size + 1);
    return `#${numbers.get(id)!}`;
  });
}
