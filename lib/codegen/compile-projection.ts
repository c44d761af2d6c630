import type { Bound } from '../core/expr/bound.js';
import type { ErrorSite } from '../core/physical/stage-program.js';
import { ModuleBuilder } from './encoder.js';
import { emitProject, type Output } from './loops.js';
import { StageUnit, type SlotInfo } from './row-compiler.js';

export interface CompiledProjection {
  readonly module: Uint8Array;
  readonly parameters: Uint8Array;
  readonly sites: readonly ErrorSite[];
  /** The loop's name: `project(frame, n)`. */
  readonly loop: 'project';
  /** Slot i holds the result of expression i. */
  readonly slots: readonly SlotInfo[];
}

/** A module that computes expressions without inputs. */
export function compileProjection(exprs: readonly Bound[]): CompiledProjection {
  const unit = new StageUnit(new ModuleBuilder());
  const slots = exprs.map(({ type }) => ({ type, nullable: true }));
  const outputs: Output[] = exprs.map((expr, slot) => ({ slot, expr }));
  emitProject(unit, slots, 'project', outputs);
  return { module: unit.module.finish(), parameters: unit.parameters.finish(), sites: unit.sites, loop: 'project', slots };
}
