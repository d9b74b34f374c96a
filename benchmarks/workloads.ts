/** The networks that engines are timed on, as data that every engine can read. */
import { type NdArray, ndarray } from "../packages/nabla/src/array/ndarray.ts";
import { fork, normal, seedKey, uniform } from "../packages/nabla/src/base/random.ts";
import { codesOf, type Sequences, sequenceOperations, sequenceWeights } from "./sequences.ts";

/** One training step: forward, cost, backward, update, on data already in memory. */
export interface Workload {
  readonly name: string;
  /** Units of each layer, inputs first; rectifiers between. */
  readonly units: readonly number[];
  readonly rows: number;
  readonly loss: "softmax" | "sigmoid";
  readonly optimizer: "gradientDescent" | "adam";
  readonly rate: number;
  /** Convolutions before the dense layers: 3x3 windows of so many filters, each with a rectifier and pooling by 2. */
  readonly convolutions?: { readonly side: number; readonly filters: readonly number[] };
  /** Layers over sequences of codes before the dense layers, which then apply to each position. */
  readonly sequences?: Sequences;
  /** Batch norm and dropout after each hidden layer. */
  readonly regular?: { readonly keep: number };
  /** So many independent models, each trained for so many steps; timed as a whole. */
  readonly repeated?: { readonly models: number; readonly steps: number };
  /** Like another workload, but each step takes its batch from a shuffled table in memory of so many rows. */
  readonly fed?: { readonly like: string; readonly tableRows: number };
}

const PLANAR = { units: [2, 20, 3, 1], rows: 300, loss: "sigmoid", optimizer: "gradientDescent", rate: 0.1 } as const;
const MNIST = { units: [784, 256, 128, 10], loss: "softmax", optimizer: "adam", rate: 1e-4 } as const;
const TEXT = { units: [128, 96], rows: 64, loss: "softmax", optimizer: "adam", rate: 1e-3 } as const;
const SEQUENCES = { codes: 96, time: 64, width: 128 } as const;

export const workloads: readonly Workload[] = [
  { name: "planar", ...PLANAR },
  { name: "signs", units: [12288, 25, 12, 6], rows: 32, loss: "softmax", optimizer: "adam", rate: 1e-5 },
  { name: "mnist64", rows: 64, ...MNIST },
  { name: "mnist64-fed", rows: 64, ...MNIST, fed: { like: "mnist64", tableRows: 60_000 } },
  { name: "mnist512", rows: 512, ...MNIST },
  { name: "regular", rows: 64, ...MNIST, regular: { keep: 0.5 } },
  { name: "cnn", rows: 64, ...MNIST, units: [3136, 128, 10], convolutions: { side: 28, filters: [32, 64] } },
  { name: "gru", ...TEXT, sequences: SEQUENCES },
  { name: "lstm", ...TEXT, sequences: { ...SEQUENCES, cell: "lstm" } },
  { name: "transformer", ...TEXT, sequences: { ...SEQUENCES, blocks: { count: 2, heads: 4 } } },
  { name: "caviar", ...PLANAR, repeated: { models: 100, steps: 1000 } },
];

/** Multiply-adds times two in one step: products forward, and backward to weights and (behind the first layer) inputs. */
export function floatingOperations({ units, rows, convolutions, sequences }: Workload): number {
  let total = sequences === undefined ? 0 : sequenceOperations(sequences, rows);
  let side = convolutions?.side ?? 0;
  for (const [i, filters] of (convolutions?.filters ?? []).entries()) {
    total += 2 * rows * side * side * 9 * (convolutions?.filters[i - 1] ?? 1) * filters * (i > 0 ? 3 : 2);
    side /= 2;
  }
  for (let layer = 1; layer < units.length; layer++) {
    const passes = layer > 1 || convolutions !== undefined || sequences !== undefined ? 3 : 2;
    total += 2 * rows * (sequences?.time ?? 1) * (units[layer - 1] ?? 0) * (units[layer] ?? 0) * passes;
  }
  return total;
}

/** The batch, the same for every engine: inputs in [0, 1) and classes in turn, or sequences of codes. */
export function dataOf({ units, rows, loss, convolutions, sequences }: Workload): {
  readonly inputs: NdArray;
  readonly targets: NdArray;
} {
  if (sequences !== undefined) return codesOf(sequences, rows, fork(seedKey(1), "inputs"));
  const example = convolutions === undefined ? [units[0] ?? 1] : [convolutions.side, convolutions.side, 1];
  const width = example.reduce((product, length) => product * length, 1);
  const classes = units.at(-1) ?? 1;
  const inputs = ndarray(Float32Array.from(uniform(fork(seedKey(1), "inputs"), rows * width)), [rows, ...example]);
  const codes = Int32Array.from({ length: rows }, (_, row) => row % (loss === "sigmoid" ? 2 : classes));
  return { inputs, targets: ndarray(codes, [rows]) };
}

/** The rows of a batch again and again, as a table of so many rows. */
export function repeatRows({ data, shape }: NdArray, rows: number): NdArray {
  const width = data.length / (shape[0] ?? 1);
  const table = data instanceof Int32Array ? new Int32Array(rows * width) : new Float32Array(rows * width);
  for (let at = 0; at < table.length; at += data.length) table.set(data.subarray(0, table.length - at), at);
  return ndarray(table, [rows, ...shape.slice(1)]);
}

/** Initial weights by the names that nabla gives them: He's variance for weights, zeros for biases. */
export function weightsOf({ units, regular, convolutions, sequences }: Workload): ReadonlyMap<string, NdArray> {
  const key = fork(seedKey(1), "weights");
  const weights = new Map<string, NdArray>(sequences === undefined ? [] : sequenceWeights(sequences, key));
  for (const [i, filters] of (convolutions?.filters ?? []).entries()) {
    const channels = convolutions?.filters[i - 1] ?? 1;
    const scale = Math.sqrt(2 / (9 * channels));
    const draws = Float32Array.from(normal(fork(key, `conv2d${i + 1}`), 9 * channels * filters), (x) => x * scale);
    weights.set(`conv2d${i + 1}.weights`, ndarray(draws, [3, 3, channels, filters]));
    weights.set(`conv2d${i + 1}.bias`, ndarray(new Float32Array(filters), [filters]));
  }
  for (let layer = 1; layer < units.length; layer++) {
    const [inputs, outputs] = [units[layer - 1] ?? 1, units[layer] ?? 1];
    const scale = Math.sqrt(2 / inputs);
    const draws = Float32Array.from(normal(fork(key, `dense${layer}`), inputs * outputs), (x) => x * scale);
    weights.set(`dense${layer}.weights`, ndarray(draws, [inputs, outputs]));
    const normalized = regular !== undefined && layer < units.length - 1;
    if (!normalized) weights.set(`dense${layer}.bias`, ndarray(new Float32Array(outputs), [outputs]));
  }
  return weights;
}
