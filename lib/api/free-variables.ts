import { createRequire } from 'node:module';
import type * as Acorn from 'acorn';
import { QueryError } from '../core/errors.js';

/**
 * The names a function's source uses but does not declare: what it captured from around it, and globals.
 * Scopes follow ECMAScript: `var` and parameters belong to the function, `let`, `const`, `class` and functions to their block.
 */

type Any = Acorn.Node & Record<string, unknown>;

export function freeVariables(source: string): string[] {
  // Loaded by the first function: SQL does without.
  const { parse } = createRequire(import.meta.url)('acorn') as typeof Acorn;
  let tree: Any;
  try {
    tree = parse(`(${source}\n)`, { ecmaVersion: 'latest', sourceType: 'script' }) as unknown as Any;
  } catch (error) {
    throw new QueryError({
      code: 'JAVASCRIPT_FUNCTION',
      message: `The function's source cannot be sent to the executors: ${error instanceof Error ? error.message : String(error)}. Its text is: ${source.slice(0, 100)}`,
      cause: error,
    });
  }
  const free = new Set<string>();
  visit(tree, [], free);
  return [...free];
}

type Scope = ReadonlySet<string>;

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);
const BLOCKS = new Set(['BlockStatement', 'ForStatement', 'ForInStatement', 'ForOfStatement', 'SwitchStatement', 'StaticBlock']);

function visit(node: Any, scopes: readonly Scope[], free: Set<string>): void {
  if (node.type === 'Identifier') {
    const name = node['name'] as string;
    if (name !== 'undefined' && !scopes.some((scope) => scope.has(name))) free.add(name);
    return;
  }
  let inner = scopes;
  if (FUNCTIONS.has(node.type)) inner = [...scopes, functionScope(node)];
  else if (BLOCKS.has(node.type)) inner = [...scopes, blockScope(node)];
  else if (node.type === 'CatchClause')
    inner = [...scopes, new Set(node['param'] == null ? [] : patternNames(node['param'] as Any))];
  else if (node.type === 'ClassExpression' && node['id'] != null)
    inner = [...scopes, new Set([(node['id'] as Any)['name'] as string])];
  for (const child of references(node)) visit(child, inner, free);
}

/** The children of a node that may hold references: property names and labels are none. */
function references(node: Any): Any[] {
  switch (node.type) {
    case 'MemberExpression':
      return node['computed'] === true ? [node['object'] as Any, node['property'] as Any] : [node['object'] as Any];
    case 'Property':
    case 'MethodDefinition':
    case 'PropertyDefinition':
      return childNodes(node).filter((child) => child !== node['key'] || node['computed'] === true);
    case 'LabeledStatement':
      return [node['body'] as Any];
    case 'BreakStatement':
    case 'ContinueStatement':
    case 'MetaProperty':
      return [];
    default:
      return childNodes(node);
  }
}

function childNodes(node: Any): Any[] {
  const children: Any[] = [];
  for (const value of Object.values(node)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (typeof item === 'object' && item !== null && typeof (item as Any).type === 'string') children.push(item as Any);
    }
  }
  return children;
}

/** Parameters, the function's own name, `arguments`, and every `var` inside that is not in a nested function. */
function functionScope(node: Any): Scope {
  const names = new Set<string>();
  for (const parameter of node['params'] as Any[]) for (const name of patternNames(parameter)) names.add(name);
  if (node['id'] != null) names.add((node['id'] as Any)['name'] as string);
  if (node.type !== 'ArrowFunctionExpression') names.add('arguments');
  collectVars(node['body'] as Any, names);
  return names;
}

function collectVars(node: Any, names: Set<string>): void {
  if (FUNCTIONS.has(node.type)) return;
  if (node.type === 'VariableDeclaration' && node['kind'] === 'var') {
    for (const declarator of node['declarations'] as Any[])
      for (const name of patternNames(declarator['id'] as Any)) names.add(name);
  }
  for (const child of childNodes(node)) collectVars(child, names);
}

/** What a block declares directly. */
function blockScope(node: Any): Scope {
  const names = new Set<string>();
  const cases = node.type === 'SwitchStatement' ? (node['cases'] as Any[]).flatMap((c) => c['consequent'] as Any[]) : undefined;
  const statements =
    cases ??
    (Array.isArray(node['body'])
      ? (node['body'] as Any[])
      : childNodes(node).filter(({ type }) => type === 'VariableDeclaration'));
  for (const statement of statements) {
    if (statement.type === 'VariableDeclaration') {
      for (const declarator of statement['declarations'] as Any[])
        for (const name of patternNames(declarator['id'] as Any)) names.add(name);
    } else if (statement.type === 'FunctionDeclaration' || statement.type === 'ClassDeclaration') {
      names.add((statement['id'] as Any)['name'] as string);
    }
  }
  return names;
}

function patternNames(pattern: Any): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern['name'] as string];
    case 'ObjectPattern':
      return (pattern['properties'] as Any[]).flatMap((property) =>
        patternNames((property['value'] ?? property['argument']) as Any),
      );
    case 'ArrayPattern':
      return (pattern['elements'] as (Any | null)[]).flatMap((element) => (element === null ? [] : patternNames(element)));
    case 'AssignmentPattern':
      return patternNames(pattern['left'] as Any);
    case 'RestElement':
      return patternNames(pattern['argument'] as Any);
    default:
      return [];
  }
}
