/** What WebAssembly modules of quern import from JavaScript under `env`. The thread that instantiates them supplies it. */
export interface Host {
  readonly memory: WebAssembly.Memory;
  /** Makes room for at least `bytes` contiguous bytes in the heap at this address (memory/layout.ts, HEAP_*), or throws ResourceError. */
  heapMore(heap: number, bytes: number): void;
}
