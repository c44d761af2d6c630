import { implicitCast, tightestCommonType, widerTypeOf, type TypeClass } from '../../types/coercion.js';
import { BOOLEAN, type DataType } from '../../types/data-type.js';
import type { Bound } from '../bound.js';
import { coerce } from '../build.js';
import type { CallSite, Signature } from './entry.js';

/** Steps that resolvers share. */

export function arg(site: CallSite, index: number): Bound {
  const found = site.args[index];
  if (found === undefined) {
    throw site.fail.wrongNumArgs(`at least ${index + 1}`);
  }
  return found;
}

/** Raises WRONG_NUM_ARGS outside of [min, max]. */
export function arity(site: CallSite, min: number, max = min): void {
  const count = site.args.length;
  if (count < min || count > max) {
    throw site.fail.wrongNumArgs(max === Infinity ? `at least ${min}` : min === max ? String(min) : `${min} to ${max}`);
  }
}

/** The argument as the class wants it, or UNEXPECTED_INPUT_TYPE. */
export function coerceArg(site: CallSite, index: number, wanted: TypeClass): Bound {
  const input = arg(site, index);
  const type = implicitCast(input.type, wanted);
  if (type === undefined) {
    throw site.fail.unexpectedInputType(index, wanted);
  }
  return coerce(input, type);
}

function paramAt(signature: Signature, index: number): TypeClass | undefined {
  return signature.params[index] ?? signature.rest;
}

function hasRoom(signature: Signature, count: number): boolean {
  const min = signature.params.length - (signature.optional ?? 0);
  return count >= min && (signature.rest !== undefined || count <= signature.params.length);
}

function arityText(signatures: readonly Signature[]): string {
  const mins = signatures.map((s) => s.params.length - (s.optional ?? 0));
  const maxs = signatures.map((s) => (s.rest === undefined ? s.params.length : Infinity));
  const min = Math.min(...mins);
  const max = Math.max(...maxs);
  return max === Infinity ? `at least ${min}` : min === max ? String(min) : `${min} to ${max}`;
}

/** Picks an overload and coerces the arguments to it. */
export function applySignature(
  site: CallSite,
  signatures: readonly Signature[],
): { readonly args: readonly Bound[]; readonly type: DataType } {
  const roomy = signatures.filter((s) => hasRoom(s, site.args.length));
  const fits = (s: Signature): boolean => site.args.every((a, i) => implicitCast(a.type, paramAt(s, i) ?? 'any') !== undefined);
  const signature = roomy.find(fits) ?? roomy[0];
  if (signature === undefined) {
    throw site.fail.wrongNumArgs(arityText(signatures));
  }
  const args = site.args.map((_, i) => coerceArg(site, i, paramAt(signature, i) ?? 'any'));
  const types = args.map((a) => a.type);
  const { returns } = signature;
  const type = typeof returns === 'function' ? returns(types) : returns === 'same' ? (types[0] ?? BOOLEAN) : returns;
  return { args, type };
}

/** All arguments in their common type, or DATA_DIFF_TYPES. */
export function alike(site: CallSite, args: readonly Bound[]): { readonly args: readonly Bound[]; readonly type: DataType } {
  const type = widerTypeOf(args.map((a) => a.type));
  if (type === undefined) {
    throw site.fail.dataDiffTypes(args.map((a) => a.type));
  }
  return { args: args.map((a) => coerce(a, type)), type };
}

/** The tightest type of both, or BINARY_OP_DIFF_TYPES. */
export function tightest(site: CallSite, left: Bound, right: Bound): DataType {
  const type = tightestCommonType(left.type, right.type);
  if (type === undefined) {
    throw site.fail.binaryOpDiffTypes(left.type, right.type);
  }
  return type;
}
