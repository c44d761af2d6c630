import type { Cursor } from './cursor.js';
import { commaList, name } from './names.js';

/** `(sep = ';', header true)`: options of a reader, after WITH or OPTIONS. Values are text. */
export function optionList(c: Cursor): ReadonlyMap<string, string> {
  c.next();
  return new Map(c.parenthesized(() => (c.at(')') ? [] : commaList(c, () => option(c)))));
}

function option(c: Cursor): [key: string, value: string] {
  let key = c.token.kind === 'string' ? c.next().text : name(c, 'the name of an option');
  while (c.take('.')) key += `.${name(c)}`;
  c.take('=');
  const negative = c.take('-');
  const { kind } = c.token;
  if (kind !== 'string' && kind !== 'number' && kind !== 'word') c.fail('a value');
  return [key, (negative ? '-' : '') + c.next().text];
}
