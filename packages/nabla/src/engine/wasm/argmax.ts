import type { DType } from "../../array/dtype.ts";
import type { ArgmaxKernel } from "../loop.ts";
import type { FunctionBuilder } from "./assembler.ts";
import { LoopOffsets } from "./loop-offsets.ts";
import type { PrintContext } from "./loops.ts";
import { addressOf } from "./nest.ts";
import type { I32, Local } from "./tokens.ts";

/** Prints the index of the first largest value along the last dimension, one element at a time. */
export function printArgmax({ f, buffers }: PrintContext, kernel: ArgmaxKernel): void {
  if (kernel.sizes.includes(0)) return;
  const last = kernel.sizes.length - 1;
  const source = { strides: kernel.source.strides, base: addressOf(kernel.source, buffers, f.bytes), scale: f.bytes };
  const strides = kernel.sizes.map((_, d) => (d === last ? 0 : (kernel.target.strides[d] ?? 0)));
  const target = { strides, base: addressOf(kernel.target, buffers, f.bytes), scale: f.bytes };
  const walk = new LoopOffsets(f, [source, target]);
  const best = f.local("i32");
  const index = f.local("i32");
  const type = elementType(f, buffers[kernel.source.buffer]?.dtype);
  const most = f.local(type);
  const value = f.local(type);

  const takeIfMore = () => {
    const { address, offset } = walk.address(source, last, 0);
    f.set(value, f.load(`${type}.load`, address, offset));
    f.if(f.op("i32.or", isMore(f, value, most), f.op("i32.eqz", f.get(index))), () => {
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
    if (f.names.store === "f64.store") f.store("f64.store", address, f.convert("f64_convert_i32", f.get(best)), offset);
    else f.store("i32.store", address, f.get(best), offset);
  };
  run(0);
}

/** Whole numbers are float64 in wide programs. */
function elementType(f: FunctionBuilder, dtype: DType | undefined): "f32" | "f64" | "i32" {
  if (f.names.type === "f64x2") return "f64";
  return dtype === "float32" ? "f32" : "i32";
}

/** Whether a number is above another; the first NaN is above all. */
function isMore<Name extends "f32" | "f64" | "i32">(f: FunctionBuilder, value: Local<Name>, most: Local<Name>): I32 {
  const { type } = value;
  if (type === "i32") return f.op("i32.gt_s", f.get({ ...value, type: "i32" }), f.get({ ...most, type: "i32" }));
  const compare = (name: "eq" | "ne" | "gt", x: Local<Name>, y: Local<Name>): I32 =>
    f.op(`${type}.${name}` as "f64.gt", f.get({ ...x, type: "f64" }), f.get({ ...y, type: "f64" }));
  const isMissing = (local: Local<Name>): I32 => compare("ne", local, local);
  const isAbove = compare("gt", value, most);
  return f.op("i32.or", isAbove, f.op("i32.and", isMissing(value), compare("eq", most, most)));
}
