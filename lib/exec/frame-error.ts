import { makeError } from '../codegen/make-error.js';
import type { ErrorSite } from '../core/physical/stage-program.js';
import type { MemoryViews } from '../memory/memory-access.js';

/** Throws the error that compiled code left in its frame, and clears it. */
export function throwFrameError(views: MemoryViews, frame: number, sites: readonly ErrorSite[]): never {
  throw makeError(views, frame, sites);
}
