import type { CastEmitter, CastTable, Emitter, FunctionTable } from '../emitter.js';
import { arithmeticFunctions } from './arithmetic.js';
import { numericCasts } from './casts.js';
import { comparisonFunctions } from './comparison.js';
import { conditionalFunctions } from './conditional.js';
import { datetimeFunctions } from './datetime.js';
import { intervalCasts, intervalFunctions } from './interval.js';
import { logicFunctions } from './logic.js';
import { mathFunctions } from './math.js';
import { textCasts } from './text-casts.js';
import { likeFunctions } from './like.js';
import { nestedCasts } from './nested-casts.js';
import { nestedFunctions } from './nested.js';
import { stringFunctions } from './string.js';

/** The families. A new one: a line here. */
const FAMILIES: readonly FunctionTable[] = [
  logicFunctions,
  comparisonFunctions,
  conditionalFunctions,
  arithmeticFunctions,
  mathFunctions,
  datetimeFunctions,
  intervalFunctions,
  stringFunctions,
  likeFunctions,
  nestedFunctions,
];
const CAST_FAMILIES: readonly CastTable[] = [numericCasts, intervalCasts, textCasts, nestedCasts];

export const FUNCTIONS: ReadonlyMap<string, Emitter> = new Map(FAMILIES.flatMap((family) => [...family]));
export const CASTS: ReadonlyMap<string, CastEmitter> = new Map(CAST_FAMILIES.flatMap((family) => [...family]));
