export { decodeArrow } from './decode.js';
export { ArrowEncoder } from './write/encoder.js';
