/** Recurrent layers of Keras. */
import { type NdArray, ndarray } from "../../array/ndarray.ts";
import { recurrent } from "../../nn/recurrent.ts";
import { gatesInOrder } from "../onnx/recurrent-cells.ts";
import { checkAttributes } from "./attributes.ts";
import {
  arraysOf,
  flag,
  inputOf,
  type Kept,
  type LayerReading,
  type Reader,
  shaped,
  unsupported,
  withRank,
} from "./reading.ts";
import { type JsonRecord, recordFrom, size, textFrom } from "./record.ts";
import { KERAS_CELLS } from "./recurrent-cells.ts";

type Cell = keyof typeof KERAS_CELLS;

/** Reads `GRU` with reset_after, or `LSTM`. */
const readRecurrent =
  (cell: Cell): Reader =>
  (layer) => {
    const { config } = layer;
    const x = withRank(inputOf(layer), 3);
    const [all, reverse] = [flag(config, "return_sequences", false), flag(config, "go_backwards", false)];
    if (all && reverse) throw unsupported("go_backwards with return_sequences, which turns the positions round");
    const kept = keptOf(cell, config, { arrays: arraysOf(layer, countOf(config)), features: Number(x.shape.at(-1)) });
    const options = { cell, returns: all ? "all" : "last", direction: reverse ? "backward" : "forward" } as const;
    return layer.apply(recurrent(size(config.units, "units"), options), x, kept);
  };

/** Reads `Bidirectional` around one of them, whose two ways stand side by side. */
const readBoth: Reader = (layer) => {
  const x = withRank(inputOf(layer), 3);
  const { merge_mode: merge = "concat" } = layer.config;
  if (merge !== "concat") throw unsupported(`merge_mode ${JSON.stringify(merge)}, where only "concat" can be read`);
  const forward = innerOf(layer, layer.config.layer);
  const backward =
    layer.config.backward_layer === undefined || layer.config.backward_layer === null
      ? { ...forward, config: { ...forward.config, go_backwards: true } }
      : innerOf(layer, layer.config.backward_layer);
  const [units, all] = [size(forward.config.units, "units"), flag(forward.config, "return_sequences", false)];
  const isPair =
    forward.cell === backward.cell &&
    size(backward.config.units, "units") === units &&
    flag(backward.config, "return_sequences", false) === all &&
    !flag(forward.config, "go_backwards", false) &&
    flag(backward.config, "go_backwards", false);
  if (!isPair) throw unsupported("two ways that differ in more than their direction");
  const count = countOf(forward.config);
  const arrays = arraysOf(layer, count + countOf(backward.config));
  const features = Number(x.shape.at(-1));
  const kept = [
    ["forward", keptOf(forward.cell, forward.config, { arrays: arrays.slice(0, count), features })],
    ["backward", keptOf(backward.cell, backward.config, { arrays: arrays.slice(count), features })],
  ] as const;
  const named = kept.flatMap(([way, own]) => Object.entries(own).map(([name, array]) => [`${way}.${name}`, array]));
  const options = { cell: forward.cell, returns: all ? "all" : "last", direction: "both" } as const;
  return layer.apply(recurrent(units, options), x, Object.fromEntries(named) as Kept);
};

interface InnerLayer {
  readonly cell: Cell;
  readonly config: JsonRecord;
}

function innerOf(layer: LayerReading, value: unknown): InnerLayer {
  const { class_name: given, config } = recordFrom(value, "the layer inside");
  const className = textFrom(given, "the class_name of the layer inside");
  const cell = (Object.keys(KERAS_CELLS) as Cell[]).find((name) => KERAS_CELLS[name].className === className);
  if (cell === undefined) throw unsupported(`${className} inside of ${layer.className}`);
  const own = recordFrom(config, "the config of the layer inside");
  checkAttributes({ className, config: own });
  return { cell, config: own };
}

function countOf(config: JsonRecord): number {
  return flag(config, "use_bias", true) ? 3 : 2;
}

/** The arrays of one way, as ours has them. */
function keptOf(
  cell: Cell,
  config: JsonRecord,
  { arrays, features }: { readonly arrays: readonly NdArray[]; readonly features: number },
): Kept {
  const { order, apart } = KERAS_CELLS[cell];
  const units = size(config.units, "units");
  const width = order.length * units;
  const [kernel, state, shift] = arrays;
  const both = flag(config, "use_bias", true)
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
  return {
    "input.weights": inGates(shaped(kernel, [features, width], "kernel")),
    "input.bias": ndarray(input, [width]),
    "recurrent.weights": inGates(shaped(state, [units, width], "recurrent kernel")),
    ...(apart ? { "recurrent.bias": ndarray(other.slice(joined), [units]) } : {}),
  };
}

/** Recurrent layers by their class. */
export const recurrentLayers = {
  GRU: readRecurrent("gru"),
  LSTM: readRecurrent("lstm"),
  Bidirectional: readBoth,
} as const;
