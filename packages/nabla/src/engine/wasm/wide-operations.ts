/** Operations on lanes of float64, in which wide programs hold all numbers; whole ones are those of int32. */
import type { DType } from "../../array/dtype.ts";
import type { FunctionBuilder } from "./assembler.ts";
import type { Local, V128 } from "./tokens.ts";

/** A whole number modulo 2^32, as int32 holds it; exact below 2^53. */
export function wrapped(f: FunctionBuilder, x: Local<"v128">): V128 {
  const turns = f.op("f64x2.mul", f.op("f64x2.add", f.get(x), f.splat(2 ** 31)), f.splat(2 ** -32));
  const excess = f.op("f64x2.mul", f.op("f64x2.floor", turns), f.splat(2 ** 32));
  const kept = f.keep("v128", excess);
  // The last sum makes zero of -0, which int32 does not have.
  return f.op("f64x2.add", f.op("f64x2.sub", f.get(x), f.get(kept)), f.zero());
}

/** The product of int32 modulo 2^32: by the halves of one factor, so that float64 holds every digit. */
export function wholeProduct(f: FunctionBuilder, x: Local<"v128">, y: Local<"v128">): V128 {
  const high = f.keep("v128", f.op("f64x2.floor", f.op("f64x2.mul", f.get(y), f.splat(2 ** -16))));
  const low = f.keep("v128", f.op("f64x2.sub", f.get(y), f.op("f64x2.mul", f.get(high), f.splat(2 ** 16))));
  const upper = f.keep("v128", f.op("f64x2.mul", f.get(x), f.get(high)));
  const shifted = f.op("f64x2.mul", wrapped(f, upper), f.splat(2 ** 16));
  const sum = f.keep("v128", f.op("f64x2.add", shifted, f.op("f64x2.mul", f.get(x), f.get(low))));
  return wrapped(f, sum);
}

/** Casts truncate toward zero to the nearest int32, of NaN to 0; to bool anything but zero is true. */
export function castWide(
  f: FunctionBuilder,
  { local, dtype }: { readonly local: Local<"v128">; readonly dtype: DType },
  to: DType,
): V128 {
  if (dtype === to || (to !== "int32" && to !== "bool" && dtype !== "bool")) return f.get(local);
  if (to === "bool") return f.op("f64x2.ne", f.get(local), f.zero());
  if (dtype === "bool") return f.op("v128.and", f.get(local), f.splat(1));
  const below = f.op("f64x2.min", f.op("f64x2.trunc", f.get(local)), f.splat(2 ** 31 - 1));
  const inRange = f.keep("v128", f.op("f64x2.max", below, f.splat(-(2 ** 31))));
  const isNumber = f.op("f64x2.eq", f.get(local), f.get(local));
  return f.op("f64x2.add", f.op("v128.and", f.get(inRange), isNumber), f.zero());
}
