import { type ArgmaxKernel, BYTES } from "../loop.ts";
import type { FunctionBuilder } from "./assembler.ts";
import { LoopOffsets } from "./loop-offsets.ts";
import type { PrintContext } from "./loops.ts";
import { addressOf } from "./nest.ts";
import type { I32, Local } from "./tokens.ts";

/** Prints the index of the first largest value along the last dimension, one element at a time. */
export function printArgmax({ f, buffers }: PrintContext, kernel: ArgmaxKernel): void {
  if (kernel.sizes.includes(0)) return;
  const last = kernel.sizes.length - 1;
  const isFloat = buffers[kernel.source.buffer]?.dtype === "float32";
  const source = { strides: kernel.source.strides, base: addressOf(kernel.source, buffers), scale: BYTES };
  const strides = kernel.sizes.map((_, d) => (d === last ? 0 : (kernel.target.strides[d] ?? 0)));
  const target = { strides, base: addressOf(kernel.target, buffers), scale: BYTES };
  const walk = new LoopOffsets(f, [source, target]);
  const best = f.local("i32");
  const index = f.local("i32");
  const type = isFloat ? "f32" : "i32";
  const most = f.local(type);
  const value = f.local(type);

  const takeIfMore = () => {
    const { address, offset } = walk.address(source, last, 0);
    f.set(value, isFloat ? f.load("f32.load", address, offset) : f.load("i32.load", address, offset));
    const isMore = isFloat
      ? isMoreFloat(f, { ...value, type: "f32" }, { ...most, type: "f32" })
      : f.op("i32.gt_s", f.get({ ...value, type: "i32" }), f.get({ ...most, type: "i32" }));
    f.if(f.op("i32.or", isMore, f.op("i32.eqz", f.get(index))), () => {
      f.set(most, f.get(value));
      f.set(best, f.get(index));
    });
  };
  const run = (dimension: number): void => {
    const size = kernel.sizes[dimension] ?? 1;
    if (dimension === last) f.set(index, f.i32(0));
    walk.follow(dimension, (advance) => {
      f.repeat(f.local("i32"), size, () => {
        if (dimension === last) {
          takeIfMore();
          f.increase(index, 1);
        } else run(dimension + 1);
        advance(1);
      });
    });
    if (dimension !== last) return;
    const { address, offset } = walk.address(target, last, 0);
    f.store("i32.store", address, f.get(best), offset);
  };
  run(0);
}

/** Whether a number is above another; the first NaN is above all. */
function isMoreFloat(f: FunctionBuilder, value: Local<"f32">, most: Local<"f32">): I32 {
  const isAbove = f.op("f32.gt", f.get(value), f.get(most));
  const isMissing = f.op("f32.ne", f.get(value), f.get(value));
  const isKnown = f.op("f32.eq", f.get(most), f.get(most));
  return f.op("i32.or", isAbove, f.op("i32.and", isMissing, isKnown));
}
