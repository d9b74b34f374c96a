/** The networks that engines are timed on, as data that every engine can read. */
import { type NdArray, ndarray } from "../packages/nabla/src/array/ndarray.ts";
import { fork, normal, seedKey, uniform } from "../packages/nabla/src/base/random.ts";

/** One training step: forward, cost, backward, update, on data already in memory. */
export interface Workload {
  readonly name: string;
  /** Units of each layer, inputs first; rectifiers between. */
  readonly units: readonly number[];
  readonly rows: number;
  readonly loss: "softmax" | "sigmoid";
  readonly optimizer: "gradientDescent" | "adam";
  readonly rate: number;
  /** Batch norm and dropout after each hidden layer. */
  readonly regular?: { readonly keep: number };
  /** So many independent models, each trained for so many steps; timed as a whole. */
  readonly repeated?: { readonly models: number; readonly steps: number };
}

const PLANAR = { units: [2, 20, 3, 1], rows: 300, loss: "sigmoid", optimizer: "gradientDescent", rate: 0.1 } as const;
const MNIST = { units: [784, 256, 128, 10], loss: "softmax", optimizer: "adam", rate: 1e-3 } as const;

export const workloads: readonly Workload[] = [
  { name: "planar", ...PLANAR },
  { name: "signs", units: [12288, 25, 12, 6], rows: 32, loss: "softmax", optimizer: "adam", rate: 1e-4 },
  { name: "mnist64", rows: 64, ...MNIST },
  { name: "mnist512", rows: 512, ...MNIST },
  { name: "regular", rows: 64, ...MNIST, regular: { keep: 0.5 } },
  { name: "caviar", ...PLANAR, repeated: { models: 100, steps: 1000 } },
];

/** Multiply-adds times two in one step: products forward, and backward to weights and (behind the first layer) inputs. */
export function floatingOperations({ units, rows }: Workload): number {
  let total = 0;
  for (let layer = 1; layer < units.length; layer++)
    total += 2 * rows * (units[layer - 1] ?? 0) * (units[layer] ?? 0) * (layer > 1 ? 3 : 2);
  return total;
}

/** The batch, the same for every engine: inputs in [0, 1), classes in turn. */
export function dataOf({ units, rows, loss }: Workload): { readonly inputs: NdArray; readonly targets: NdArray } {
  const width = units[0] ?? 1;
  const classes = units.at(-1) ?? 1;
  const inputs = ndarray(Float32Array.from(uniform(fork(seedKey(1), "inputs"), rows * width)), [rows, width]);
  const codes = Int32Array.from({ length: rows }, (_, row) => row % (loss === "sigmoid" ? 2 : classes));
  return { inputs, targets: ndarray(codes, [rows]) };
}

/** Initial weights by the names that nabla gives them: He's variance for weights, zeros for biases. */
export function weightsOf({ units, regular }: Workload): ReadonlyMap<string, NdArray> {
  const key = fork(seedKey(1), "weights");
  const weights = new Map<string, NdArray>();
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
