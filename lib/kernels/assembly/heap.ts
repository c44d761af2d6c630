import { HEAP_END, HEAP_NEXT } from './layout';

/** The host gives the heap at least `bytes` contiguous free bytes, or throws ResourceError through this call. */
// @ts-ignore: decorator
@external('env', 'heapMore')
declare function heapMore(heap: usize, bytes: u32): void;

/** `bytes` of fresh space (not zeroed), 8-byte aligned. */
// @ts-ignore: decorator
@inline
export function allocate(heap: usize, bytes: u32): usize {
  const rounded = (bytes + 7) & ~7;
  let at = load<u32>(heap, HEAP_NEXT);
  if (rounded > load<u32>(heap, HEAP_END) - at) {
    heapMore(heap, rounded);
    at = load<u32>(heap, HEAP_NEXT);
  }
  store<u32>(heap, at + rounded, HEAP_NEXT);
  return <usize>at;
}
