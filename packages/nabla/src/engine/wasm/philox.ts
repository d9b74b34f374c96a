import type { RandomKernel } from "../loop.ts";
import type { FunctionBuilder } from "./assembler.ts";
import { LoopOffsets } from "./loop-offsets.ts";
import { type PrintContext, repeatRange, type UnitRange } from "./loops.ts";
import { addressOf } from "./nest.ts";
import type { Local, V128 } from "./tokens.ts";
import { loadWhole, storeVector } from "./vectors.ts";

/** The constants of Philox4x32 (Salmon, Moraes, Dror, Shaw: Parallel Random Numbers, SC 2011). */
const MULTIPLIERS = [0xd2511f53, 0xcd9e8d57] as const;
const WEYL = [0x9e3779b9, 0xbb67ae85] as const;
const ROUNDS = 10;
/** Elements per iteration: four words of four blocks. */
const TURN = 16;

type Words<T> = readonly [T, T, T, T];

/** The number of iterations, the last of which may be partial. */
export function turnsOf({ elements }: RandomKernel): number {
  return Math.ceil(elements / TURN);
}

/** Emits uniform random numbers, four blocks of Philox4x32-10 in four lanes at a time. */
export function printRandom({ f, buffers }: PrintContext, kernel: RandomKernel, range?: UnitRange): void {
  if (kernel.elements === 0) return;
  const [low, high] = keySchedules(f, kernel, addressOf(kernel.key, buffers, f.bytes));
  const step = keyWord(f, kernel, addressOf(kernel.key, buffers, f.bytes), 2);
  const stride = kernel.target.strides[0] ?? 1;
  const access = { strides: [stride], base: addressOf(kernel.target, buffers, f.bytes), scale: f.bytes };
  const walk = new LoopOffsets(f, [access]);
  const counter = f.keep("v128", f.lanes(0, 1, 2, 3));
  const turn = (elements: number) => {
    const words = [counter, f.constantLocal(kernel.stream), step, f.constantLocal(0)] as const;
    rounds(f, words, { low, high }).forEach((word, i) => {
      const lanes = Math.min(4, elements - 4 * i);
      if (lanes <= 0) return;
      const whole = f.keep("v128", f.op("i32x4.shr_u", f.get(word), f.i32(8)));
      for (let lane = 0; lane < lanes; lane += f.width) {
        const value = f.keep("v128", f.op(`${f.names.type}.mul`, floatsOf(f, whole, lane), f.splat(2 ** -24)));
        const slot = { dimension: 0, element: 4 * i + lane, lanes: Math.min(f.width, lanes - lane) };
        storeVector(f, walk, { access, value }, slot);
      }
    });
  };
  walk.follow(0, (advance) => {
    const times = Math.floor(kernel.elements / TURN);
    const body = () => {
      turn(TURN);
      f.set(counter, f.op("i32x4.add", f.get(counter), f.splatBits(4)));
      advance(TURN);
    };
    const rest = kernel.elements % TURN;
    if (range === undefined) {
      if (times > 0) f.repeat(f.local("i32"), times, body);
      if (rest > 0) turn(rest);
      return;
    }
    const { first, end } = range;
    advance(TURN, first);
    const skipped = f.splatOf(f.op("i32.shl", f.get(first), f.i32(2)));
    f.set(counter, f.op("i32x4.add", skipped, f.get(counter)));
    const last = f.keep("i32", f.select(f.get(end), f.i32(times), f.op("i32.lt_s", f.get(end), f.i32(times))));
    f.if(f.op("i32.lt_s", f.get(first), f.get(last)), () => repeatRange(f, { first, end: last }, body));
    if (rest > 0) f.if(f.op("i32.gt_s", f.get(end), f.i32(times)), () => turn(rest));
  });
}

/** The elements that begin at a lane of four whole numbers. */
function floatsOf(f: FunctionBuilder, whole: Local<"v128">, lane: number): V128 {
  if (f.width === 4) return f.op("f32x4.convert_i32x4_s", f.get(whole));
  if (lane === 0) return f.op("f64x2.convert_low_i32x4_s", f.get(whole));
  return f.op("f64x2.convert_low_i32x4_s", f.shuffle(f.get(whole), f.get(whole), [2, 3, 2, 3]));
}

/** All ten rounds; leaves the four output words in locals. */
function rounds(
  f: FunctionBuilder,
  start: Words<Local<"v128">>,
  keys: { readonly low: readonly Local<"v128">[]; readonly high: readonly Local<"v128">[] },
): Words<Local<"v128">> {
  let words = start;
  for (let round = 0; round < ROUNDS; round++) {
    const [c0, c1, c2, c3] = words;
    const first = multiply(f, c0, MULTIPLIERS[0]);
    const second = multiply(f, c2, MULTIPLIERS[1]);
    const mix = (upper: Local<"v128">, word: Local<"v128">, key: Local<"v128"> | undefined): Local<"v128"> => {
      const mixed = f.op("v128.xor", f.get(upper), f.get(word));
      return f.keep("v128", f.op("v128.xor", mixed, f.get(key ?? word)));
    };
    words = [mix(second.high, c1, keys.low[round]), second.low, mix(first.high, c3, keys.high[round]), first.low];
  }
  return words;
}

/** The lower and upper words of 32 x 32 bit products. */
function multiply(f: FunctionBuilder, x: Local<"v128">, factor: number) {
  const even = f.keep("v128", f.op("i64x2.extmul_low_i32x4_u", f.get(x), f.splatBits(factor)));
  const odd = f.keep("v128", f.op("i64x2.extmul_high_i32x4_u", f.get(x), f.splatBits(factor)));
  const pick = (order: Words<number>): Local<"v128"> => f.keep("v128", f.shuffle(f.get(even), f.get(odd), order));
  return { low: pick([0, 2, 4, 6]), high: pick([1, 3, 5, 7]) };
}

/** The two words of the key for every round. */
function keySchedules(f: FunctionBuilder, kernel: RandomKernel, address: number) {
  const schedule = (word: 0 | 1): readonly Local<"v128">[] => {
    const first = keyWord(f, kernel, address, word);
    return Array.from({ length: ROUNDS }, (_, round) =>
      f.keep("v128", f.op("i32x4.add", f.get(first), f.splatBits(Math.imul(WEYL[word], round)))),
    );
  };
  return [schedule(0), schedule(1)] as const;
}

function keyWord(f: FunctionBuilder, kernel: RandomKernel, address: number, word: number): Local<"v128"> {
  const at = address + word * (kernel.key.strides[0] ?? 1) * f.bytes;
  return f.keep("v128", f.splatOf(loadWhole(f, f.i32(0), at)));
}
