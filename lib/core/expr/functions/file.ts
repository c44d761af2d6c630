import { BIGINT, STRING, type DataType } from '../../types/data-type.js';
import { literal } from '../build.js';
import type { LiteralValue } from '../expr.js';
import { sugar, type FunctionEntry } from './entry.js';
import { arity } from './resolve.js';

/** Where a row was read: facts of its file where there is one, and what Spark says where there is none. */
function fileFact(
  name: string,
  fact: string,
  type: DataType,
  otherwise: LiteralValue,
  doc: string,
  example: string,
): FunctionEntry {
  return sugar({
    name,
    doc,
    example,
    resolve: (site) => {
      arity(site, 0);
      return site.fact(fact) ?? literal(otherwise, type, site.at);
    },
  });
}

export const FILE: readonly FunctionEntry[] = [
  fileFact(
    'input_file_name',
    'file_path',
    STRING,
    '',
    "The URI of the row's file; the empty text for rows that are no file's.",
    'input_file_name() → file:///data/sales.csv',
  ),
  fileFact(
    'input_file_block_start',
    'file_block_start',
    BIGINT,
    -1n,
    "Where the row's piece of its file begins; -1 for rows that are no file's.",
    'input_file_block_start() → 0',
  ),
  fileFact(
    'input_file_block_length',
    'file_block_length',
    BIGINT,
    -1n,
    "Bytes of the row's piece of its file; -1 for rows that are no file's.",
    'input_file_block_length() → 1024',
  ),
];
