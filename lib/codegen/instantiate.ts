import { mathImports } from './host-math.js';
import { textImports } from './host-text.js';
import type { Host } from './host.js';

/**
 * The one place that compiles WebAssembly. Modules are kept by content: two queries of one shape run one module, with the code V8 has tiered up.
 * Constants are no content: they are in the parameter area.
 */
const MODULES_MAX = 256;
const modules = new Map<string, WebAssembly.Module>();

/** All exports are functions. */
export type FunctionExports = { readonly [name: string]: (...args: number[]) => number };

export function moduleOf(bytes: Uint8Array): WebAssembly.Module {
  const key = Buffer.from(bytes).toString('latin1');
  const known = modules.get(key);
  if (known !== undefined) {
    modules.delete(key);
    modules.set(key, known);
    return known;
  }
  // A copy: the bytes may lie in shared memory, which engines refuse or could see change.
  const module = new WebAssembly.Module(Uint8Array.from(bytes));
  modules.set(key, module);
  if (modules.size > MODULES_MAX) modules.delete(modules.keys().next().value!);
  return module;
}

export function cachedModules(): number {
  return modules.size;
}

function hostImports(memory: WebAssembly.Memory, host: Pick<Host, 'heapMore'>): WebAssembly.Imports {
  return { env: { memory, heapMore: host.heapMore } };
}

/** The kernels of lib/kernels/assembly, one instance a thread. */
export function instantiateKernels(bytes: Uint8Array, memory: WebAssembly.Memory, host: Pick<Host, 'heapMore'>): FunctionExports {
  return new WebAssembly.Instance(moduleOf(bytes), hostImports(memory, host)).exports as FunctionExports;
}

/** The same from a module that another thread compiled: V8 shares its code. */
export function instantiateKernelModule(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  host: Pick<Host, 'heapMore'>,
): FunctionExports {
  return new WebAssembly.Instance(module, hostImports(memory, host)).exports as FunctionExports;
}

/** What a thread binds stages to, made once a thread, and what it has bound: instances hold no state, and a new one would have to tier up its calls again. */
interface StageBindings {
  readonly imports: WebAssembly.Imports;
  readonly instances: WeakMap<WebAssembly.Module, FunctionExports>;
}
const bindings = new WeakMap<FunctionExports, StageBindings>();

/** A session that runs a stage again brings the same array: then nobody needs to look into it. */
const stageModules = new WeakMap<Uint8Array, WebAssembly.Module>();

function moduleOfStage(bytes: Uint8Array): WebAssembly.Module {
  let module = stageModules.get(bytes);
  if (module === undefined) {
    module = moduleOf(bytes);
    stageModules.set(bytes, module);
  }
  return module;
}

/** A stage's module, bound to a thread's kernels. `bytes` never change. */
export function instantiateStage(bytes: Uint8Array, memory: WebAssembly.Memory, kernels: FunctionExports): FunctionExports {
  let bound = bindings.get(kernels);
  if (bound === undefined) {
    const imports = {
      env: { memory },
      kernels: kernels as unknown as WebAssembly.ModuleImports,
      math: mathImports(memory),
      text: textImports(memory, kernels),
    };
    bound = { imports, instances: new WeakMap() };
    bindings.set(kernels, bound);
  }
  const module = moduleOfStage(bytes);
  let exports = bound.instances.get(module);
  if (exports === undefined) {
    exports = new WebAssembly.Instance(module, bound.imports).exports as FunctionExports;
    bound.instances.set(module, exports);
  }
  return exports;
}
