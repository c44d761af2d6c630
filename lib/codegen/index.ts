export { compileStage, type CompileContext, type CompiledStage } from './compile-stage.js';
export { compileProjection, type CompiledProjection } from './compile-projection.js';
export {
  cachedModules,
  instantiateKernelModule,
  instantiateKernels,
  instantiateStage,
  moduleOf,
  type FunctionExports,
} from './instantiate.js';
export { makeError } from './make-error.js';
export { runConstants, type ConstantResult, type ScratchWorld } from './run-constant.js';
