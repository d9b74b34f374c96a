/** Recurrent layers of Keras. */
import { type NdArray, ndarray } from "../../array/ndarray.ts";
import { recurrent } from "../../nn/recurrent.ts";
import { gatesInOrder } from "../onnx/recurrent-cells.ts";
import { arraysOf, flag, inputOf, type Kept, type Reader, shaped, unsupported, withRank } from "./reading.ts";
import { size } from "./record.ts";

/** How Keras has the gates: ours in its order, and whether the bias of the state stands apart. */
const CELLS = {
  gru: { order: [1, 0, 2], apart: true },
  lstm: { order: [0, 1, 2, 3], apart: false },
} as const;

/** Reads `GRU` with reset_after, or `LSTM`. */
const readRecurrent =
  (cell: keyof typeof CELLS): Reader =>
  (layer) => {
    const { order, apart } = CELLS[cell];
    const { config } = layer;
    const x = withRank(inputOf(layer), 3);
    const units = size(config.units, "units");
    const [all, reverse] = [flag(config, "return_sequences", false), flag(config, "go_backwards", false)];
    if (all && reverse) throw unsupported("go_backwards with return_sequences, which turns the positions round");
    const width = order.length * units;
    const bias = flag(config, "use_bias", true);
    const [kernel, state, shift] = arraysOf(layer, bias ? 3 : 2);
    const both = bias
      ? shaped(shift, apart ? [2, width] : [width], "bias").data
      : new Float32Array((apart ? 2 : 1) * width);
    const inGates = (array: NdArray): NdArray => gatesInOrder(array, order);
    const rows = (from: number): Float32Array => {
      const row = ndarray(Float32Array.from(both.slice(from, from + width)), [width]);
      return Float32Array.from(inGates(row).data);
    };
    // the bias of the last gate stays inside of what the reset gate is a factor of
    const joined = width - units;
    const other = apart ? rows(width) : new Float32Array(width);
    const input = rows(0).map((value, i) => (i < joined ? value + (other[i] ?? 0) : value));
    const kept: Kept = {
      "input.weights": inGates(shaped(kernel, [Number(x.shape.at(-1)), width], "kernel")),
      "input.bias": ndarray(input, [width]),
      "recurrent.weights": inGates(shaped(state, [units, width], "recurrent kernel")),
      ...(apart ? { "recurrent.bias": ndarray(other.slice(joined), [units]) } : {}),
    };
    const options = { cell, returns: all ? "all" : "last", direction: reverse ? "backward" : "forward" } as const;
    return layer.apply(recurrent(units, options), x, kept);
  };

/** Recurrent layers by their class. */
export const recurrentLayers = { GRU: readRecurrent("gru"), LSTM: readRecurrent("lstm") } as const;
