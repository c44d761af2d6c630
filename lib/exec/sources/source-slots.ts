import type { PipelineProgram } from '../../core/physical/stage-program.js';
import type { GenerateStep } from '../../core/physical/stage.js';

function generatedSlots({ passed, parts, position }: GenerateStep): readonly number[] {
  return [...passed.map(({ to }) => to), ...parts.map(({ slot }) => slot), ...(position === undefined ? [] : [position])];
}

/** How many leading slots the source fills: those before the first that a step computes. */
export function sourceSlots(program: PipelineProgram): number {
  let end = program.slots.length;
  for (const step of program.steps) {
    if (step.kind === 'project') for (const slot of step.slots) end = Math.min(end, slot);
    if (step.kind === 'generate') end = Math.min(end, ...generatedSlots(step));
    if (step.kind === 'javascript') for (const { slot } of step.outputs) end = Math.min(end, slot);
  }
  return end;
}
