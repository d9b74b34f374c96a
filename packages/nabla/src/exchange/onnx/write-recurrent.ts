/** Recurrent layers as the operators GRU and LSTM. */
import { type NdArray, ndarray } from "../../array/ndarray.ts";
import type { Size } from "../../array/shape.ts";
import type { Layer } from "../../nn/layer.ts";
import { recurrent } from "../../nn/recurrent.ts";
import { encodeUtf8 } from "../utf8.ts";
import { permutedArray } from "./arrays.ts";
import { type GraphWriter, whole, wholes } from "./graph-writer.ts";
import { gatesInOrder, ONNX_CELLS } from "./recurrent-cells.ts";

interface Recurrent {
  readonly writer: GraphWriter;
  readonly layer: Layer;
  readonly prefix: string;
  /** A parameter by its name in the layer. */
  readonly kept: (name: string) => NdArray;
}

/** Writes a recurrent layer after a value [batch, time, features]; gives the name of its output. */
export function writeRecurrent({ writer, layer, prefix, kept }: Recurrent, from: string, steps: number): string {
  const { cell, units, direction, returns } = recurrent.valuesOf(layer);
  const { opType, gates } = ONNX_CELLS[cell];
  const paths = direction === "both" ? ["forward.", "backward."] : [""];
  const perWay = (of: (path: string) => NdArray): NdArray => stacked(paths.map(of));
  const turned = (name: string) => (path: string) => permutedArray(gatesInOrder(kept(path + name), gates), [1, 0]);
  const bias = (path: string): NdArray => {
    const own = gatesInOrder(kept(`${path}input.bias`), gates).data;
    const all = new Float32Array(2 * own.length);
    all.set(own as Float32Array);
    if (cell === "gru") all.set(kept(`${path}recurrent.bias`).data as Float32Array, all.length - units);
    return ndarray(all, [all.length]);
  };
  const early = writer.node("Transpose", [from], { perm: wholes([1, 0, 2]) });
  const arrays = [
    writer.array(perWay(turned("input.weights")), `${prefix}input.weights`),
    writer.array(perWay(turned("recurrent.weights")), `${prefix}recurrent.weights`),
    writer.array(perWay(bias), `${prefix}bias`),
  ];
  const all = writer.node(opType, [early, ...arrays], {
    hidden_size: whole(units),
    direction: {
      s: encodeUtf8(direction === "both" ? "bidirectional" : direction === "backward" ? "reverse" : "forward"),
      type: 3,
    },
    linear_before_reset: cell === "gru" ? whole(1) : undefined,
  }); // [time, directions, batch, units]
  const width = units * paths.length;
  if (returns === "all") {
    const together = writer.node("Transpose", [all], { perm: wholes([2, 0, 1, 3]) });
    return writer.node("Reshape", [together, writer.list([-1, steps, width])]);
  }
  const ends = paths.map((_, way) => {
    const last = direction === "backward" || way === 1 ? 0 : steps - 1;
    const own = writer.node("Slice", [
      all,
      writer.list([last, way]),
      writer.list([last + 1, way + 1]),
      writer.list([0, 1]),
    ]);
    return writer.node("Squeeze", [own, writer.list([0, 1])]);
  });
  return ends.length === 1 ? (ends[0] ?? all) : writer.node("Concat", ends, { axis: whole(1) });
}

function stacked(arrays: readonly NdArray[]): NdArray {
  const size: Size = arrays[0]?.shape ?? [];
  const data = new Float32Array(arrays.reduce((sum, one) => sum + one.data.length, 0));
  let at = 0;
  for (const one of arrays) {
    data.set(one.data as Float32Array, at);
    at += one.data.length;
  }
  return ndarray(data, [arrays.length, ...size]);
}
