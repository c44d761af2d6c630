/** Patterns over paths: `*`, `?`, `[a-z]`, `[!a-z]`, `{a,b}`, `**`; a backslash takes the next character as it is. */

/** What one name of a path must be; `any` is `**`: any number of directories, none included. */
export interface GlobSegment {
  readonly any: boolean;
  /** Whether names that begin with `.` or `_` are asked for by name. */
  readonly wantsHidden: boolean;
  matches(name: string): boolean;
}

export interface Glob {
  /** The directories before the first wildcard: where looking begins. */
  readonly root: string;
  readonly segments: readonly GlobSegment[];
}

const SPECIAL = /[*?[{]/;

export function isGlob(path: string): boolean {
  return SPECIAL.test(path);
}

/** A pattern as one or more globs: alternatives that span directories (`{a,b/c}`) are written out. */
export function parseGlob(pattern: string): readonly Glob[] {
  return expandBraces(pattern).map(oneGlob);
}

function oneGlob(pattern: string): Glob {
  const names = pattern.split('/');
  const first = names.findIndex((name) => SPECIAL.test(name));
  const fixed = first === -1 ? names.length - 1 : first;
  const root = names.slice(0, fixed).map(unescaped).join('/') || (pattern.startsWith('/') ? '/' : '.');
  // `dir/**` means what lies in it, at any depth.
  const rest = names.slice(fixed).filter((name, i, all) => name !== '' && !(name === '**' && all[i - 1] === '**'));
  return { root, segments: (rest.at(-1) === '**' ? [...rest, '*'] : rest).map(segmentOf) };
}

function segmentOf(text: string): GlobSegment {
  const wantsHidden = text.startsWith('.') || text.startsWith('_') || text.startsWith('\\');
  if (text === '**') return { any: true, wantsHidden: false, matches: () => true };
  if (!SPECIAL.test(text) && !text.includes('\\')) return { any: false, wantsHidden, matches: (name) => name === text };
  const test = nameTest(text);
  return { any: false, wantsHidden, matches: (name) => test.test(name) };
}

/** A test of names by a pattern without directories. */
export function nameTest(pattern: string): RegExp {
  return new RegExp(`^${alternatives(pattern)}$`, 'su');
}

const literal = (character: string): string => character.replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&');

function unescaped(text: string): string {
  return text.replace(/\\(.)/gsu, '$1');
}

/** Source of a regular expression. What is opened and never closed stands for itself. */
function alternatives(pattern: string): string {
  let source = '';
  let depth = 0;
  const characters = Array.from(pattern);
  for (let i = 0; i < characters.length; i++) {
    const c = characters[i]!;
    if (c === '\\' && i + 1 < characters.length) source += literal(characters[++i]!);
    else if (c === '*') source += '[^/]*';
    else if (c === '?') source += '[^/]';
    else if (c === '[') {
      const end = classEnd(characters, i);
      source += end === -1 ? '\\[' : characterClass(characters.slice(i + 1, end));
      if (end !== -1) i = end;
    } else if (c === '{' && isClosed(characters, i)) {
      depth++;
      source += '(?:';
    } else if (c === '}' && depth > 0) {
      depth--;
      source += ')';
    } else if (c === ',' && depth > 0) source += '|';
    else source += literal(c);
  }
  return source;
}

/** A `]` that comes first is a member. */
function classEnd(characters: readonly string[], start: number): number {
  const first = characters[start + 1] === '!' || characters[start + 1] === '^' ? start + 2 : start + 1;
  return characters.indexOf(']', first + 1);
}

function characterClass(members: readonly string[]): string {
  const negated = members[0] === '!' || members[0] === '^';
  const chosen = negated ? members.slice(1) : members;
  let source = '';
  for (let i = 0; i < chosen.length; i++) {
    const [from, dash, to] = [chosen[i]!, chosen[i + 1], chosen[i + 2]];
    if (dash === '-' && to !== undefined) {
      // A range that runs backwards has no members.
      if (from.codePointAt(0)! <= to.codePointAt(0)!) source += `${literal(from)}-${literal(to)}`;
      i += 2;
    } else source += literal(from);
  }
  return `[${negated ? '^/' : ''}${source}]`;
}

function isClosed(characters: readonly string[], start: number): boolean {
  let depth = 0;
  for (let i = start; i < characters.length; i++) {
    const c = characters[i];
    if (c === '\\') i++;
    else if (c === '{') depth++;
    else if (c === '}' && --depth === 0) return true;
  }
  return false;
}

/** More alternatives than this are a mistake. */
const EXPANSIONS_MAX = 1000;

/** Braces that hold a slash, written out. */
function expandBraces(pattern: string): string[] {
  const done: string[] = [];
  const open = [pattern];
  while (open.length > 0 && open.length + done.length < EXPANSIONS_MAX) {
    const text = open.shift()!;
    const group = slashGroup(Array.from(text));
    if (group === undefined) done.push(text);
    else open.unshift(...group.members.map((member) => group.before + member + group.behind));
  }
  return [...done, ...open];
}

function slashGroup(
  characters: readonly string[],
): { readonly before: string; readonly members: readonly string[]; readonly behind: string } | undefined {
  for (let start = 0; start < characters.length; start++) {
    if (characters[start] === '\\') start++;
    else if (characters[start] === '{' && isClosed(characters, start)) {
      const { members, end } = membersOf(characters, start);
      if (members.some((member) => member.includes('/')))
        return { before: characters.slice(0, start).join(''), members, behind: characters.slice(end + 1).join('') };
    }
  }
  return undefined;
}

function membersOf(characters: readonly string[], start: number): { readonly members: string[]; readonly end: number } {
  const members = [''];
  let depth = 0;
  for (let i = start; i < characters.length; i++) {
    const c = characters[i]!;
    if (c === '{' && depth++ === 0) continue;
    if (c === '}' && --depth === 0) return { members, end: i };
    if (c === ',' && depth === 1) members.push('');
    else if (c === '\\') members[members.length - 1] += c + (characters[++i] ?? '');
    else members[members.length - 1] += c;
  }
  return { members, end: characters.length };
}
