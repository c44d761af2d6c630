// Reads the section list of a WebAssembly module: enough to hold the build to the kernels' rules.

const NAMES = { 0: 'custom', 8: 'start', 11: 'data', 12: 'data count' };

function readU32(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value |= (byte & 127) << shift;
    if (byte < 128) return [value >>> 0, at];
  }
}

/** The names of the sections present, `data` only when it holds at least one segment. */
export function sectionNames(bytes) {
  const found = [];
  let at = 8;
  while (at < bytes.length) {
    const id = bytes[at];
    const [size, body] = readU32(bytes, at + 1);
    const [count] = readU32(bytes, body);
    if (!(id === 11 || id === 12) || count > 0) found.push(NAMES[id] ?? String(id));
    at = body + size;
  }
  return found;
}
