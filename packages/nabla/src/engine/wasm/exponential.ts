import type { FunctionBuilder } from "./assembler.ts";
import { nearestWhole, polynomial, withSign } from "./polynomial.ts";
import type { Local, V128 } from "./tokens.ts";

/** ln 2 in two parts (Cody and Waite): the first has nine bits, so its product with an exponent is exact. */
const LN2_HIGH = 0.693359375;
const LN2_LOW = -0.00021219444005469057;

/** (e^r - 1 - r) / r^2 for |r| <= ln(2) / 2: expf of Cephes by S. Moshier. */
const EXPONENTIAL = [
  1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1,
] as const;

/** x = n ln 2 + r: leaves n (whole numbers as float32) and r in locals. */
function reduce(f: FunctionBuilder, x: Local<"v128">): { readonly n: Local<"v128">; readonly r: Local<"v128"> } {
  const n = f.keep("v128", nearestWhole(f, f.op("f32x4.mul", f.get(x), f.splat(Math.LOG2E))));
  const high = f.keep(
    "v128",
    f.multiplyAdd(f.get(n), f.splat(-LN2_HIGH), () => f.get(x)),
  );
  const r = f.keep(
    "v128",
    f.multiplyAdd(f.get(n), f.splat(-LN2_LOW), () => f.get(high)),
  );
  return { n, r };
}

/** 2^n for whole n from -126 to 127, given as int32. */
function powerOfTwo(f: FunctionBuilder, n: V128): V128 {
  return f.op("i32x4.shl", f.op("i32x4.add", n, f.splatBits(127)), f.i32(23));
}

/** e^r - 1 for reduced r. */
function smallExponential(f: FunctionBuilder, r: Local<"v128">): V128 {
  const square = f.keep("v128", f.op("f32x4.mul", f.get(r), f.get(r)));
  return f.multiplyAdd(polynomial(f, r, EXPONENTIAL), f.get(square), () => f.get(r));
}

/** e^x. Scales in two steps, so that results below the normal numbers and just below infinity come out right. */
export function emitExp(f: FunctionBuilder, x: Local<"v128">): V128 {
  const low = f.op("f32x4.pmax", f.get(x), f.splat(-105));
  const bounded = f.keep("v128", f.op("f32x4.pmin", low, f.splat(89)));
  const { n, r } = reduce(f, bounded);
  const whole = f.keep("v128", f.op("i32x4.trunc_sat_f32x4_s", f.get(n)));
  const half = f.keep("v128", f.op("i32x4.shr_s", f.get(whole), f.i32(1)));
  const value = f.op("f32x4.add", smallExponential(f, r), f.splat(1));
  const scaled = f.op("f32x4.mul", value, powerOfTwo(f, f.get(half)));
  return f.op("f32x4.mul", scaled, powerOfTwo(f, f.op("i32x4.sub", f.get(whole), f.get(half))));
}

/** e^x - 1 = 2 (t p + (t - 1/2)) with p = e^r - 1 and t = 2^(n - 1), which stays finite up to the largest n. */
export function emitExpm1(f: FunctionBuilder, x: Local<"v128">): V128 {
  const low = f.op("f32x4.pmax", f.get(x), f.splat(-20));
  const bounded = f.keep("v128", f.op("f32x4.pmin", low, f.splat(89)));
  const { n, r } = reduce(f, bounded);
  const p = f.keep("v128", smallExponential(f, r));
  const t = f.keep("v128", powerOfTwo(f, f.op("i32x4.sub", f.op("i32x4.trunc_sat_f32x4_s", f.get(n)), f.splatBits(1))));
  const half = f.multiplyAdd(f.get(t), f.get(p), () => f.op("f32x4.sub", f.get(t), f.splat(0.5)));
  const value = f.keep("v128", f.op("f32x4.mul", half, f.splat(2)));
  // Halving would drop the last bit of the smallest numbers, and the sum the sign of zero.
  const tiny = f.op("f32x4.lt", f.op("f32x4.abs", f.get(x)), f.splat(1e-30));
  const keepTiny = f.keep("v128", tiny);
  return f.op("v128.bitselect", f.get(x), f.get(value), f.get(keepTiny));
}

/** (tanh x - x) / x^3 in powers of x^2 for |x| < 0.625: tanhf of Cephes. */
const TANH = [-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1] as const;
const TANH_BORDER = 0.625;

/** tanh |x|: x + x^3 P(x^2) near zero, and 1 - 2 / (e^(2|x|) + 1) beyond. */
export function emitTanh(f: FunctionBuilder, x: Local<"v128">): V128 {
  const absolute = f.keep("v128", f.op("f32x4.abs", f.get(x)));
  const square = f.keep("v128", f.op("f32x4.mul", f.get(x), f.get(x)));
  const cube = f.op("f32x4.mul", f.get(square), f.get(absolute));
  const near = f.keep(
    "v128",
    f.multiplyAdd(cube, polynomial(f, square, TANH), () => f.get(absolute)),
  );
  const twice = f.keep("v128", f.op("f32x4.add", f.get(absolute), f.get(absolute)));
  const e = f.keep("v128", emitExp(f, twice));
  const rest = f.keep("v128", f.op("f32x4.div", f.splat(2), f.op("f32x4.add", f.get(e), f.splat(1))));
  const far = f.keep("v128", f.op("f32x4.sub", f.splat(1), f.get(rest)));
  const isNear = f.keep("v128", f.op("f32x4.lt", f.get(absolute), f.splat(TANH_BORDER)));
  return withSign(f, f.op("v128.bitselect", f.get(near), f.get(far), f.get(isNear)), x);
}

/**
 * 1 / (1 + e^-x) = top - top q with e = e^-|x|, q = e / (1 + e), and top = e or 1 by the sign of x: small results keep
 * all their bits, and the errors of q weigh little in them.
 */
export function emitSigmoid(f: FunctionBuilder, x: Local<"v128">): V128 {
  const minus = f.keep("v128", f.op("f32x4.neg", f.op("f32x4.abs", f.get(x))));
  const e = f.keep("v128", emitExp(f, minus));
  const negative = f.keep("v128", f.op("f32x4.lt", f.get(x), f.zero()));
  const top = f.keep("v128", f.op("v128.bitselect", f.get(e), f.splat(1), f.get(negative)));
  const q = f.op("f32x4.div", f.get(e), f.op("f32x4.add", f.get(e), f.splat(1)));
  return f.multiplyAdd(f.op("f32x4.neg", q), f.get(top), () => f.get(top));
}

/** Q of the part far from zero and P of the part near it, after N. Juffa's erff: both stay within one ulp. */
const ERF_FAR = [
  -1.7285347e-5, 3.83197126e-4, -3.88396438e-3, 2.42546219e-2, -1.06777877e-1, -6.34846687e-1, -1.28717512e-1,
] as const;
const ERF_NEAR = [-5.96761703e-4, 4.99119423e-3, -2.67681349e-2, 1.12819925e-1, -3.76125336e-1, 1.28379166e-1] as const;
const ERF_BORDER = 0.927734375;

/** The error function: x + x P(x^2) near zero, and 1 - e^-(|x| + |x| Q(|x|)) beyond. */
export function emitErf(f: FunctionBuilder, x: Local<"v128">): V128 {
  const absolute = f.keep("v128", f.op("f32x4.abs", f.get(x)));
  const square = f.keep("v128", f.op("f32x4.mul", f.get(x), f.get(x)));
  const inner = f.keep("v128", polynomial(f, square, ERF_NEAR));
  const near = f.keep(
    "v128",
    f.multiplyAdd(f.get(inner), f.get(x), () => f.get(x)),
  );
  const bounded = f.keep("v128", f.op("f32x4.pmin", f.get(absolute), f.splat(4.5)));
  const outer = f.keep("v128", polynomial(f, bounded, ERF_FAR));
  const power = f.multiplyAdd(f.get(outer), f.get(bounded), () => f.op("f32x4.neg", f.get(bounded)));
  const exponent = f.keep("v128", power);
  const e = f.keep("v128", emitExp(f, exponent));
  const far = f.keep("v128", withSign(f, f.op("f32x4.sub", f.splat(1), f.get(e)), x));
  const isFar = f.keep("v128", f.op("f32x4.gt", f.get(absolute), f.splat(ERF_BORDER)));
  return f.op("v128.bitselect", f.get(far), f.get(near), f.get(isFar));
}
