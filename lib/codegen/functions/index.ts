import type { CastEmitter, CastTable, Emitter, FunctionTable } from '../emitter.js';
import { comparisonFunctions } from './comparison.js';
import { logicFunctions } from './logic.js';

/** The families. A new one: a line here. */
const FAMILIES: readonly FunctionTable[] = [logicFunctions, comparisonFunctions];
const CAST_FAMILIES: readonly CastTable[] = [];

export const FUNCTIONS: ReadonlyMap<string, Emitter> = new Map(FAMILIES.flatMap((family) => [...family]));
export const CASTS: ReadonlyMap<string, CastEmitter> = new Map(CAST_FAMILIES.flatMap((family) => [...family]));
