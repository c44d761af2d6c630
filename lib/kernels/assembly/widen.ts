// Numbers as values of a wider type, n of them, from one vector into another: files of one table may differ in their types.

export function widenI32F64(from: usize, n: u32, to: usize): void {
  for (let k: u32 = 0; k < n; k++) store<f64>(to + (<usize>k << 3), <f64>load<i32>(from + (<usize>k << 2)));
}

export function widenI64F64(from: usize, n: u32, to: usize): void {
  for (let k: u32 = 0; k < n; k++) store<f64>(to + (<usize>k << 3), <f64>load<i64>(from + (<usize>k << 3)));
}

/** Times `factor`: decimals of more digits behind the point, days as microseconds. */
export function widenI32I64(from: usize, n: u32, to: usize, factor: f64): void {
  const times = <i64>factor;
  for (let k: u32 = 0; k < n; k++) store<i64>(to + (<usize>k << 3), <i64>load<i32>(from + (<usize>k << 2)) * times);
}

export function widenI64I64(from: usize, n: u32, to: usize, factor: f64): void {
  const times = <i64>factor;
  for (let k: u32 = 0; k < n; k++) store<i64>(to + (<usize>k << 3), load<i64>(from + (<usize>k << 3)) * times);
}

export function widenI32I128(from: usize, n: u32, to: usize, digits: u32): void {
  for (let k: u32 = 0; k < n; k++) {
    const value = <i64>load<i32>(from + (<usize>k << 2));
    storeShifted(<u64>value, value >> 63, digits, to + (<usize>k << 4));
  }
}

export function widenI64I128(from: usize, n: u32, to: usize, digits: u32): void {
  for (let k: u32 = 0; k < n; k++) {
    const value = load<i64>(from + (<usize>k << 3));
    storeShifted(<u64>value, value >> 63, digits, to + (<usize>k << 4));
  }
}

export function widenI128I128(from: usize, n: u32, to: usize, digits: u32): void {
  for (let k: u32 = 0; k < n; k++) {
    const at = from + (<usize>k << 4);
    storeShifted(load<u64>(at), load<i64>(at, 8), digits, to + (<usize>k << 4));
  }
}

/** Times ten, `digits` times; what is beyond 128 bits is lost. */
function storeShifted(low: u64, high: i64, digits: u32, to: usize): void {
  for (let d: u32 = 0; d < digits; d++) {
    const twice = low << 1;
    const highTwice = (high << 1) | <i64>(low >> 63);
    const highEight = (high << 3) | <i64>(low >> 61);
    low = (low << 3) + twice;
    high = highEight + highTwice + (low < twice ? 1 : 0);
  }
  store<u64>(to, low);
  store<i64>(to, high, 8);
}
