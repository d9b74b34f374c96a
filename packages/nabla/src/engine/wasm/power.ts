import { FunctionBuilder } from "./assembler.ts";
import type { ModuleBuilder } from "./module.ts";
import { polynomialDouble, SIGN } from "./polynomial.ts";
import type { Callable, Local, V128 } from "./tokens.ts";

/** 1 / (2 i + 1) from i = 6 down to 0: log((1 + s) / (1 - s)) / 2s in powers of s^2. */
const ARTANH = [1 / 13, 1 / 11, 1 / 9, 1 / 7, 1 / 5, 1 / 3, 1];
/** 1 / i! from i = 8 down to 0. */
const EXPONENTIAL = [1 / 40320, 1 / 5040, 1 / 720, 1 / 120, 1 / 24, 1 / 6, 1 / 2, 1, 1];
/** The upper half of the float64 sqrt(1/2), whose lower half may be zero here. */
const ROOT_HALF_UPPER = 0x3fe6a09e;

/**
 * Adds x^y over four lanes, with the special cases of C and IEEE 754 (1 to any power is 1). The logarithm times y, and its exponential, are
 * done in float64 with errors near 1e-10, so float32 results are almost always correctly rounded.
 */
export function addPower(module: ModuleBuilder): Callable<"v128"> {
  const half = addHalf(module);
  const f = new FunctionBuilder();
  const x = f.parameter("v128");
  const y = f.parameter("v128");
  const target = module.add(f, "v128");
  const absolute = f.keep("v128", f.op("f32x4.abs", f.get(x)));
  const part = (value: Local<"v128">, upper: boolean): V128 =>
    f.op("f64x2.promote_low_f32x4", upper ? f.shuffle(f.get(value), f.get(value), [2, 3, 2, 3]) : f.get(value));
  const low = f.keep("v128", f.call(half, part(absolute, false), part(y, false)));
  const high = f.keep("v128", f.call(half, part(absolute, true), part(y, true)));
  const magnitude = f.shuffle(
    f.op("f32x4.demote_f64x2_zero", f.get(low)),
    f.op("f32x4.demote_f64x2_zero", f.get(high)),
    [0, 1, 4, 5],
  );
  const value = f.keep("v128", magnitude);

  const halved = f.keep("v128", f.op("f32x4.mul", f.get(y), f.splat(0.5)));
  const even = f.op("f32x4.eq", f.op("f32x4.trunc", f.get(halved)), f.get(halved));
  const isEven = f.keep("v128", even);
  const whole = f.keep("v128", f.op("f32x4.eq", f.op("f32x4.trunc", f.get(y)), f.get(y)));
  const isOdd = f.keep("v128", f.op("v128.andnot", f.get(whole), f.get(isEven)));
  // An odd power keeps the sign; another power of a finite negative number does not exist.
  const sign = f.op("v128.and", f.op("v128.and", f.get(x), f.splatBits(SIGN)), f.get(isOdd));
  f.set(value, f.op("v128.or", f.get(value), sign));
  const negative = f.op("f32x4.lt", f.get(x), f.zero());
  const finite = f.op("f32x4.gt", f.get(x), f.splat(Number.NEGATIVE_INFINITY));
  const missing = f.op("v128.andnot", f.op("v128.and", negative, finite), f.get(whole));
  f.set(value, f.op("v128.or", f.get(value), missing));
  const unknown = f.op("f32x4.ne", f.get(x), f.get(x));
  f.set(value, f.op("v128.or", f.get(value), unknown));
  // 1 to any power, anything to the power 0, and -1 to the powers ±infinity are 1
  const limit = f.op("f32x4.eq", f.op("f32x4.abs", f.get(y)), f.splat(Number.POSITIVE_INFINITY));
  const isUnit = f.op("f32x4.eq", f.get(absolute), f.splat(1));
  const ends = f.keep("v128", f.op("v128.and", isUnit, limit));
  const ones = f.op("v128.or", f.op("f32x4.eq", f.get(x), f.splat(1)), f.op("f32x4.eq", f.get(y), f.zero()));
  const isOne = f.keep("v128", f.op("v128.or", ones, f.get(ends)));
  f.op("v128.bitselect", f.splat(1), f.get(value), f.get(isOne));
  return target;
}

/**
 * Adds x^y over four lanes of int32, modulo 2^32, by squaring. Below 0 only powers of 1 and -1 are whole; all others
 * are 0, as their quotients toward zero.
 */
export function addWholePower(module: ModuleBuilder): Callable<"v128"> {
  const f = new FunctionBuilder();
  const x = f.parameter("v128");
  const y = f.parameter("v128");
  const target = module.add(f, "v128");
  const isUnit = f.op("i32x4.eq", f.op("i32x4.abs", f.get(x)), f.splatBits(1));
  const isWhole = f.keep("v128", f.op("v128.or", f.op("i32x4.ge_s", f.get(y), f.zero()), isUnit));
  const result = f.keep("v128", f.splatBits(1));
  const square = f.keep("v128", f.get(x));
  const rest = f.keep("v128", f.op("i32x4.abs", f.get(y)));
  f.repeat(f.local("i32"), 32, () => {
    const multiplied = f.op("i32x4.mul", f.get(result), f.get(square));
    const isOdd = f.op("i32x4.ne", f.op("v128.and", f.get(rest), f.splatBits(1)), f.zero());
    const keep = f.keep("v128", isOdd);
    f.set(result, f.op("v128.bitselect", multiplied, f.get(result), f.get(keep)));
    f.set(square, f.op("i32x4.mul", f.get(square), f.get(square)));
    f.set(rest, f.op("i32x4.shr_u", f.get(rest), f.i32(1)));
  });
  f.op("v128.and", f.get(result), f.get(isWhole));
  return target;
}

/** 2^(y log2 x) for two float64 lanes with x >= 0. */
function addHalf(module: ModuleBuilder): Callable<"v128"> {
  const f = new FunctionBuilder();
  const x = f.parameter("v128");
  const y = f.parameter("v128");
  const target = module.add(f, "v128");
  const above = f.op("i64x2.sub", f.get(x), f.lanes(0, ROOT_HALF_UPPER, 0, ROOT_HALF_UPPER));
  const k = f.keep("v128", f.op("i64x2.shr_s", above, f.i32(52)));
  const m = f.keep("v128", f.op("i64x2.sub", f.get(x), f.op("i64x2.shl", f.get(k), f.i32(52))));
  const below = f.op("f64x2.sub", f.get(m), f.splatDouble(1));
  const s = f.keep("v128", f.op("f64x2.div", below, f.op("f64x2.add", f.get(m), f.splatDouble(1))));
  const square = f.keep("v128", f.op("f64x2.mul", f.get(s), f.get(s)));
  const series = f.op("f64x2.mul", polynomialDouble(f, square, ARTANH), f.get(s));
  const mantissa = f.op("f64x2.mul", series, f.splatDouble(2 * Math.LOG2E));
  const exponent = f.op("f64x2.convert_low_i32x4_s", f.shuffle(f.get(k), f.get(k), [0, 2, 0, 2]));
  const logarithm = f.keep("v128", f.op("f64x2.add", mantissa, exponent));
  for (const [end, value] of [
    [0, Number.NEGATIVE_INFINITY],
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  ] as const) {
    const there = f.keep("v128", f.op("f64x2.eq", f.get(x), f.splatDouble(end)));
    f.set(logarithm, f.op("v128.bitselect", f.splatDouble(value), f.get(logarithm), f.get(there)));
  }
  const product = f.op("f64x2.mul", f.get(logarithm), f.get(y));
  const high = f.op("f64x2.pmin", product, f.splatDouble(200));
  const t = f.keep("v128", f.op("f64x2.pmax", high, f.splatDouble(-200)));
  const n = f.keep("v128", f.op("f64x2.nearest", f.get(t)));
  const rest = f.op("f64x2.sub", f.get(t), f.get(n));
  const r = f.keep("v128", f.op("f64x2.mul", rest, f.splatDouble(Math.LN2)));
  const value = f.keep("v128", polynomialDouble(f, r, EXPONENTIAL));
  const whole = f.op("i64x2.extend_low_i32x4_s", f.op("i32x4.trunc_sat_f64x2_s_zero", f.get(n)));
  f.op("i64x2.add", f.op("i64x2.shl", whole, f.i32(52)), f.get(value));
  return target;
}
