import { FunctionBuilder } from "./assembler.ts";
import type { ModuleBuilder } from "./module.ts";
import { polynomial, polynomialDouble } from "./polynomial.ts";
import type { Callable, I64, Local, V128 } from "./tokens.ts";

/** pi / 2 in two parts of float64; the first has 25 bits, so its product with a count below 2^28 is exact. */
const QUARTER_HIGH = 1.5707963109016418;
const QUARTER_LOW = 1.5893254773528196e-8;

/** (sin r - r) / r^3 and (cos r - 1) / r^2 in powers of r^2 for |r| <= pi / 4: k_sinf and k_cosf of FreeBSD's msun. */
const SINE = [2.718311493989822e-6, -0.00019839334836096632, 0.008333329385889463, -0.16666666641626524];
const COSINE = [2.439044879627741e-5, -0.001388676377460993, 0.04166662332373906, -0.499999997251031];

/** Above this the reduction uses the relevant bits of 2 / pi (Payne and Hanek). */
const HUGE = 2 ** 28;

/** The first 224 bits of 2 / pi. */
const TWO_OVER_PI = [0xa2f9836e, 0x4e441529, 0xfc2757d1, 0xf534ddc0, 0xdb629599, 0x3c439041, 0xfe5163ab] as const;

/** Up to here float32 is enough: no float32 below is nearer than 1e-8 to a whole number of quarter turns, 0 apart. */
const NEAR = 128;
/** pi / 2 in three parts of float32: products of the first two with counts up to 2^8 are exact. */
const QUARTER = [1.57080078125, -4.454399459064007e-6, -5.564431554416771e-11] as const;

/** sin(x + shift pi / 2), written where it is used; lanes beyond `NEAR` take what `far` computes of them. */
export function emitTrigonometry(
  f: FunctionBuilder,
  x: Local<"v128">,
  { far, shift }: { readonly far: Callable<"v128">; readonly shift: 0 | 1 },
): V128 {
  const n = f.keep("v128", f.op("f32x4.nearest", f.op("f32x4.mul", f.get(x), f.splat(2 / Math.PI))));
  const r = reduceNear(f, x, n);
  const square = f.keep("v128", f.op("f32x4.mul", f.get(r), f.get(r)));
  const cube = f.keep("v128", f.op("f32x4.mul", f.get(square), f.get(r)));
  const sine = f.keep(
    "v128",
    f.multiplyAdd(polynomial(f, square, SINE), f.get(cube), () => f.get(r)),
  );
  const cosine = f.keep(
    "v128",
    f.multiplyAdd(polynomial(f, square, COSINE), f.get(square), () => f.splat(1)),
  );
  const whole = f.op("i32x4.trunc_sat_f32x4_s", f.get(n));
  const quadrant = f.keep("v128", shift === 0 ? whole : f.op("i32x4.add", whole, f.splatBits(shift)));
  const value = f.keep("v128", inQuadrant(f, { sine, cosine, quadrant }));
  if (shift === 0) f.set(value, sineNearZero(f, x, value));
  const isFar = f.keep("v128", f.op("f32x4.gt", f.op("f32x4.abs", f.get(x)), f.splat(NEAR)));
  f.if(f.op("v128.any_true", f.get(isFar)), () => {
    f.set(value, f.op("v128.bitselect", f.call(far, f.get(x)), f.get(value), f.get(isFar)));
  });
  return f.get(value);
}

/** x - n pi / 2, rounded once: what the second part loses is added with the third. */
function reduceNear(f: FunctionBuilder, x: Local<"v128">, n: Local<"v128">): Local<"v128"> {
  const [first, second, third] = QUARTER;
  const rough = f.keep("v128", f.op("f32x4.sub", f.get(x), f.op("f32x4.mul", f.get(n), f.splat(first))));
  const part = f.keep("v128", f.op("f32x4.mul", f.get(n), f.splat(second)));
  const r = f.keep("v128", f.op("f32x4.sub", f.get(rough), f.get(part)));
  const lost = f.op("f32x4.sub", f.op("f32x4.sub", f.get(rough), f.get(r)), f.get(part));
  const rest = f.op("f32x4.sub", lost, f.op("f32x4.mul", f.get(n), f.splat(third)));
  return f.keep("v128", f.op("f32x4.add", rest, f.get(r)));
}

/** The sine or the cosine, and its sign, by the number of quarter turns. */
function inQuadrant(f: FunctionBuilder, { sine, cosine, quadrant }: Reduced): V128 {
  const swapped = f.op("v128.and", f.get(quadrant), f.splatBits(1));
  const isCosine = f.keep("v128", f.op("i32x4.ne", swapped, f.zero()));
  const value = f.op("v128.bitselect", f.get(cosine), f.get(sine), f.get(isCosine));
  const sign = f.op("i32x4.shl", f.op("v128.and", f.get(quadrant), f.splatBits(2)), f.i32(30));
  return f.op("v128.xor", value, sign);
}

/** The reduction loses the sign of zero, and sin x rounds to x there anyway. */
function sineNearZero(f: FunctionBuilder, x: Local<"v128">, sine: Local<"v128">): V128 {
  const tiny = f.keep("v128", f.op("f32x4.lt", f.op("f32x4.abs", f.get(x)), f.splat(1e-4)));
  return f.op("v128.bitselect", f.get(x), f.get(sine), f.get(tiny));
}

/** Adds sin and cos of any number as functions of four lanes; all of it is done in float64, two lanes at a time. */
export function addTrigonometry(module: ModuleBuilder): { sin: Callable<"v128">; cos: Callable<"v128"> } {
  const huge = addHugeReduction(module);
  return { sin: addFunction(module, huge, 0), cos: addFunction(module, huge, 1) };
}

/** sin(x + shift pi / 2). */
function addFunction(module: ModuleBuilder, huge: Callable<"f64">, shift: 0 | 1): Callable<"v128"> {
  const f = new FunctionBuilder();
  const x = f.parameter("v128");
  const target = module.add(f, "v128");
  const low = f.keep("v128", f.op("f64x2.promote_low_f32x4", f.get(x)));
  const upper = f.shuffle(f.get(x), f.get(x), [2, 3, 2, 3]);
  const high = f.keep("v128", f.op("f64x2.promote_low_f32x4", upper));
  const far = f.op("f32x4.gt", f.op("f32x4.abs", f.get(x)), f.splat(HUGE));
  f.if(f.op("v128.any_true", far), () => {
    for (let lane = 0; lane < 4; lane++) {
      const bits = f.keep("i32", f.extractI32(f.get(x), lane));
      const exponent = f.op("i32.and", f.get(bits), f.i32(0x7fffffff));
      f.if(f.op("i32.gt_u", exponent, f.i32((127 + 28) << 23)), () => {
        const half = lane < 2 ? low : high;
        f.set(half, f.replaceF64(f.get(half), f.call(huge, f.get(bits)), lane & 1));
      });
    }
  });
  const first = reduceAndEvaluate(f, low);
  const second = reduceAndEvaluate(f, high);
  const sine = f.keep("v128", f.shuffle(f.get(first.sine), f.get(second.sine), [0, 1, 4, 5]));
  const cosine = f.keep("v128", f.shuffle(f.get(first.cosine), f.get(second.cosine), [0, 1, 4, 5]));
  const joined = f.shuffle(f.get(first.quadrant), f.get(second.quadrant), [0, 1, 4, 5]);
  const quadrant = f.keep("v128", f.op("i32x4.add", joined, f.splatBits(shift)));
  const value = f.keep("v128", inQuadrant(f, { sine, cosine, quadrant }));
  if (shift === 1) f.get(value);
  else sineNearZero(f, x, value);
  return target;
}

interface Reduced {
  readonly sine: Local<"v128">;
  readonly cosine: Local<"v128">;
  readonly quadrant: Local<"v128">;
}

/** x = n pi / 2 + r for two float64 lanes: sin r and cos r as float32 and n as int32, in the two lower lanes. */
function reduceAndEvaluate(f: FunctionBuilder, x: Local<"v128">): Reduced {
  const n = f.keep("v128", f.op("f64x2.nearest", f.op("f64x2.mul", f.get(x), f.splatDouble(2 / Math.PI))));
  const rough = f.op("f64x2.sub", f.get(x), f.op("f64x2.mul", f.get(n), f.splatDouble(QUARTER_HIGH)));
  const r = f.keep("v128", f.op("f64x2.sub", rough, f.op("f64x2.mul", f.get(n), f.splatDouble(QUARTER_LOW))));
  const square = f.keep("v128", f.op("f64x2.mul", f.get(r), f.get(r)));
  const cube = f.op("f64x2.mul", f.get(square), f.get(r));
  const odd = f.op("f64x2.add", f.op("f64x2.mul", cube, polynomialDouble(f, square, SINE)), f.get(r));
  const sine = f.keep("v128", f.op("f32x4.demote_f64x2_zero", odd));
  const even = f.op("f64x2.mul", f.get(square), polynomialDouble(f, square, COSINE));
  const cosine = f.keep("v128", f.op("f32x4.demote_f64x2_zero", f.op("f64x2.add", even, f.splatDouble(1))));
  return { sine, cosine, quadrant: f.keep("v128", f.op("i32x4.trunc_sat_f64x2_s_zero", f.get(n))) };
}

/**
 * A float32 above 2^28, given by its bits, less full turns, as float64. With x = M 2^e only the bits of 2 / pi from
 * weight 2^(1 - e) on matter: 64 of them in a product modulo 2^64 (four quarter turns), and 32 more for the last bits.
 */
function addHugeReduction(module: ModuleBuilder): Callable<"f64"> {
  const words = addWords(module);
  const f = new FunctionBuilder();
  const bits = f.parameter("i32");
  const target = module.add(f, "f64");
  const exponent = f.op("i32.and", f.op("i32.shr_u", f.get(bits), f.i32(23)), f.i32(255));
  const e = f.keep("i32", f.op("i32.sub", exponent, f.i32(150)));
  f.if(f.op("i32.eq", f.get(e), f.i32(105)), () => f.return(f.f64(Number.NaN)));
  const fraction = f.op("i32.or", f.op("i32.and", f.get(bits), f.i32(0x7fffff)), f.i32(0x800000));
  const mantissa = f.keep("i64", f.convert("i64_extend", fraction));
  const start = f.keep("i32", f.op("i32.sub", f.get(e), f.i32(2)));
  const index = f.keep("i32", f.op("i32.shr_u", f.get(start), f.i32(5)));
  const shift = f.keep("i64", f.convert("i64_extend", f.op("i32.and", f.get(start), f.i32(31))));
  const pair = (offset: number): I64 => {
    const upper = f.call(words, f.op("i32.add", f.get(index), f.i32(offset)));
    const shifted = f.op("i64.shl", upper, f.i64(32n));
    return f.op("i64.or", shifted, f.call(words, f.op("i32.add", f.get(index), f.i32(offset + 1))));
  };
  const high = f.keep("i64", pair(0));
  const low = f.keep("i64", pair(2));
  const carried = f.op("i64.shl", f.get(high), f.get(shift));
  const halved = f.op("i64.shr_u", f.get(low), f.i64(1n));
  const window = f.op("i64.or", carried, f.op("i64.shr_u", halved, f.op("i64.sub", f.i64(63n), f.get(shift))));
  const product = f.op("i64.mul", window, f.get(mantissa));
  const rest = f.op("i64.shr_u", f.op("i64.shl", f.get(low), f.get(shift)), f.i64(32n));
  const correction = f.op("i64.shr_u", f.op("i64.mul", rest, f.get(mantissa)), f.i64(32n));
  const turns = f.convert("f64_convert_i64", f.op("i64.add", product, correction));
  const angle = f.keep("f64", f.op("f64.mul", turns, f.f64((Math.PI / 2) * 2 ** -62)));
  f.select(f.op("f64.neg", f.get(angle)), f.get(angle), f.op("i32.lt_s", f.get(bits), f.i32(0)));
  return target;
}

/** The word of 2 / pi with a given number. */
function addWords(module: ModuleBuilder): Callable<"i64"> {
  const f = new FunctionBuilder();
  const index = f.parameter("i32");
  const target = module.add(f, "i64");
  let word = f.i64(0n);
  TWO_OVER_PI.forEach((value, i) => {
    word = selectWord(f, word, { value: BigInt(value), index, i });
  });
  return target;
}

function selectWord(
  f: FunctionBuilder,
  other: I64,
  { value, index, i }: { value: bigint; index: Local<"i32">; i: number },
): I64 {
  return f.select(other, f.i64(value), f.op("i32.ne", f.get(index), f.i32(i)));
}
