import type { FunctionBuilder } from "./assembler.ts";
import type { Local, V128 } from "./tokens.ts";

/** The polynomial in x with float32 coefficients from the highest power to the lowest, by Horner's rule. */
export function polynomial(f: FunctionBuilder, x: Local<"v128">, coefficients: readonly number[]): V128 {
  const [first = 0, ...rest] = coefficients;
  let sum = f.splat(first);
  for (const coefficient of rest) sum = f.multiplyAdd(sum, f.get(x), () => f.splat(coefficient));
  return sum;
}

/** The polynomial in x over two float64 lanes. */
export function polynomialDouble(f: FunctionBuilder, x: Local<"v128">, coefficients: readonly number[]): V128 {
  const [first = 0, ...rest] = coefficients;
  let sum = f.splatDouble(first);
  for (const coefficient of rest) {
    sum = f.op("f64x2.add", f.op("f64x2.mul", sum, f.get(x)), f.splatDouble(coefficient));
  }
  return sum;
}

/** `value` with the sign of the lanes of `sign`; the value itself must not be negative. */
export function withSign(f: FunctionBuilder, value: V128, sign: Local<"v128">): V128 {
  return f.op("v128.or", value, f.op("v128.and", f.get(sign), f.splatBits(SIGN)));
}

/** The bit of a float32's sign. */
export const SIGN = 0x80000000 | 0;

/** From 2^23 on float32 holds whole numbers alone. */
const WHOLE = 1.5 * 2 ** 23;

/**
 * The nearest whole number of float32 lanes up to 2^22, to even halfway. Two sums, since V8 joins no instruction that rounds; zero
 * comes out without a sign.
 */
export function nearestWhole(f: FunctionBuilder, x: V128): V128 {
  return f.op("f32x4.sub", f.op("f32x4.add", x, f.splat(WHOLE)), f.splat(WHOLE));
}
