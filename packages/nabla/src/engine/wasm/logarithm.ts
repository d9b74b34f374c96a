import type { FunctionBuilder } from "./assembler.ts";
import type { Local, V128 } from "./tokens.ts";

/** ln 2 in two parts, and the series of log((1 + s) / (1 - s)): logf of FreeBSD's msun by Sun Microsystems. */
const LN2_HIGH = 6.9313812256e-1;
const LN2_LOW = 9.0580006145e-6;
const SERIES = [0.66666662693, 0.40000972152, 0.28498786688, 0.24279078841] as const;

/** The float32 just below the square root of a half, and one, as bits. */
const ROOT_HALF = 0x3f3504f3;
const ONE = 0x3f800000;
const MANTISSA = 0x007fffff;

/** x = 2^k (1 + f) with 1 + f from sqrt(1/2) to sqrt(2). Leaves k as int32 and f in locals. */
function split(f: FunctionBuilder, x: Local<"v128">): { readonly k: Local<"v128">; readonly part: Local<"v128"> } {
  const bits = f.keep("v128", f.op("i32x4.add", f.get(x), f.splatBits(ONE - ROOT_HALF)));
  const k = f.keep("v128", f.op("i32x4.sub", f.op("i32x4.shr_s", f.get(bits), f.i32(23)), f.splatBits(127)));
  const mantissa = f.op("i32x4.add", f.op("v128.and", f.get(bits), f.splatBits(MANTISSA)), f.splatBits(ROOT_HALF));
  const part = f.keep("v128", f.op("f32x4.sub", mantissa, f.splat(1)));
  return { k, part };
}

/** k ln 2 + log(1 + f) + correction, summed from the smallest term to the largest. */
function assemble(
  f: FunctionBuilder,
  { k, part, correction }: { k: Local<"v128">; part: Local<"v128">; correction?: Local<"v128"> },
): V128 {
  const [first, second, third, fourth] = SERIES;
  const s = f.keep("v128", f.op("f32x4.div", f.get(part), f.op("f32x4.add", f.get(part), f.splat(2))));
  const z = f.keep("v128", f.op("f32x4.mul", f.get(s), f.get(s)));
  const w = f.keep("v128", f.op("f32x4.mul", f.get(z), f.get(z)));
  const odd = f.multiplyAdd(f.get(w), f.splat(fourth), () => f.splat(second));
  const even = f.keep("v128", f.op("f32x4.mul", odd, f.get(w)));
  const inner = f.multiplyAdd(f.get(w), f.splat(third), () => f.splat(first));
  const rest = f.keep(
    "v128",
    f.multiplyAdd(inner, f.get(z), () => f.get(even)),
  );
  const halfSquare = f.keep("v128", f.op("f32x4.mul", f.op("f32x4.mul", f.get(part), f.splat(0.5)), f.get(part)));
  const exponent = f.keep("v128", f.op("f32x4.convert_i32x4_s", f.get(k)));
  const low = f.op("f32x4.mul", f.get(exponent), f.splat(LN2_LOW));
  const small = f.keep("v128", correction === undefined ? low : f.op("f32x4.add", low, f.get(correction)));
  const tail = f.multiplyAdd(f.get(s), f.op("f32x4.add", f.get(halfSquare), f.get(rest)), () => f.get(small));
  const sum = f.op("f32x4.add", f.op("f32x4.sub", tail, f.get(halfSquare)), f.get(part));
  return f.op("f32x4.add", sum, f.op("f32x4.mul", f.get(exponent), f.splat(LN2_HIGH)));
}

/** Replaces the lanes where `x` is negative, NaN, 0 or infinity; log(0) is -infinity. */
function mend(f: FunctionBuilder, x: Local<"v128">, value: Local<"v128">): void {
  const negative = f.op("f32x4.lt", f.get(x), f.zero());
  f.set(value, f.op("v128.or", f.get(value), negative));
  const zero = f.keep("v128", f.op("f32x4.eq", f.get(x), f.zero()));
  f.set(value, f.op("v128.bitselect", f.splat(Number.NEGATIVE_INFINITY), f.get(value), f.get(zero)));
  const finite = f.keep("v128", f.op("f32x4.lt", f.get(x), f.splat(Number.POSITIVE_INFINITY)));
  f.set(value, f.op("v128.bitselect", f.get(value), f.get(x), f.get(finite)));
}

/** The natural logarithm. */
export function emitLog(f: FunctionBuilder, x: Local<"v128">): V128 {
  const tiny = f.keep("v128", f.op("f32x4.lt", f.get(x), f.splat(2 ** -126)));
  const larger = f.op("f32x4.mul", f.get(x), f.splat(2 ** 25));
  const normal = f.keep("v128", f.op("v128.bitselect", larger, f.get(x), f.get(tiny)));
  const { k, part } = split(f, normal);
  f.set(k, f.op("i32x4.sub", f.get(k), f.op("v128.and", f.get(tiny), f.splatBits(25))));
  const value = f.keep("v128", assemble(f, { k, part }));
  mend(f, x, value);
  return f.get(value);
}

/** log(1 + x): the logarithm of u = fl(1 + x), corrected by what that sum lost over u. */
export function emitLog1p(f: FunctionBuilder, x: Local<"v128">): V128 {
  const u = f.keep("v128", f.op("f32x4.add", f.get(x), f.splat(1)));
  const { k, part } = split(f, u);
  const large = f.keep("v128", f.op("i32x4.gt_s", f.get(k), f.splatBits(0)));
  const lostLarge = f.op("f32x4.sub", f.splat(1), f.op("f32x4.sub", f.get(u), f.get(x)));
  const lostSmall = f.op("f32x4.sub", f.get(x), f.op("f32x4.sub", f.get(u), f.splat(1)));
  const lost = f.op("v128.bitselect", lostLarge, lostSmall, f.get(large));
  const correction = f.keep("v128", f.op("f32x4.div", lost, f.get(u)));
  // Where 1 + x needs no scaling x itself is the reduced argument, with nothing lost.
  const unscaled = f.keep("v128", f.op("i32x4.eq", f.get(k), f.zero()));
  f.set(part, f.op("v128.bitselect", f.get(x), f.get(part), f.get(unscaled)));
  f.set(correction, f.op("v128.andnot", f.get(correction), f.get(unscaled)));
  const value = f.keep("v128", assemble(f, { k, part, correction }));
  mend(f, u, value);
  const tiny = f.keep("v128", f.op("f32x4.lt", f.op("f32x4.abs", f.get(x)), f.splat(1e-15)));
  return f.op("v128.bitselect", f.get(x), f.get(value), f.get(tiny));
}
