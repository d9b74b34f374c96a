/** How the gates of recurrent cells lie in ONNX. */
import { type NdArray, ndarray } from "../../array/ndarray.ts";

/** A kind of cell: its operator, and at which place each gate there stands here. */
export interface OnnxCell {
  readonly opType: "GRU" | "LSTM";
  readonly gates: readonly number[];
}

/** Ours are reset, update, candidate and input, forget, candidate, output, as PyTorch has them. */
export const ONNX_CELLS: Readonly<Record<"gru" | "lstm", OnnxCell>> = {
  gru: { opType: "GRU", gates: [1, 0, 2] },
  lstm: { opType: "LSTM", gates: [0, 3, 1, 2] },
};

/** Columns of gates [rows, gates·units] in another order: gate i of the result is gate `order[i]`. */
export function gatesInOrder({ data, shape }: NdArray, order: readonly number[]): NdArray {
  const width = shape.at(-1) ?? 1;
  const units = width / order.length;
  const result = new Float32Array(data.length);
  for (let from = 0; from < data.length; from += width)
    for (const [i, gate] of order.entries())
      for (let unit = 0; unit < units; unit++) result[from + i * units + unit] = data[from + gate * units + unit] ?? 0;
  return ndarray(result, shape);
}
