/** Networks over sequences of codes, which stand before the dense layers of a workload. */

import { type NdArray, ndarray } from "../packages/nabla/src/array/ndarray.ts";
import type { Size } from "../packages/nabla/src/array/shape.ts";
import { elementsOf } from "../packages/nabla/src/array/shape.ts";
import { fork, type Key, normal, uniform } from "../packages/nabla/src/base/random.ts";

/** A vector for each code, then a recurrent layer as wide, a GRU where no cell is named, or blocks of a causal transformer behind waves of the position. */
export interface Sequences {
  readonly codes: number;
  readonly time: number;
  readonly width: number;
  readonly cell?: "gru" | "lstm";
  readonly blocks?: { readonly count: number; readonly heads: number };
}

const GATES = { gru: 3, lstm: 4 } as const;
/** Queries, keys and values. */
const PARTS = 3;
/** How much wider a block is between its dense layers. */
const WIDER = 4;

/** Codes drawn evenly; at each position the code before it is to be told, at the first one its own. */
export function codesOf({ codes, time }: Sequences, rows: number, key: Key): { inputs: NdArray; targets: NdArray } {
  const inputs = Float32Array.from(uniform(key, rows * time), (draw) => Math.floor(draw * codes));
  const targets = Int32Array.from(inputs, (code, at) => (at % time === 0 ? code : (inputs[at - 1] ?? 0)));
  return { inputs: ndarray(inputs, [rows, time]), targets: ndarray(targets, [rows, time]) };
}

function shapesOf({ codes, width, cell = "gru", blocks }: Sequences): readonly (readonly [string, Size])[] {
  const linear = (name: string, inputs: number, outputs: number): readonly (readonly [string, Size])[] => [
    [`${name}.weights`, [inputs, outputs]],
    [`${name}.bias`, [outputs]],
  ];
  const table = ["embedding1.table", [codes, width]] as const;
  if (blocks === undefined)
    return [
      table,
      ...linear("recurrent1.input", width, GATES[cell] * width),
      ["recurrent1.recurrent.weights", [width, GATES[cell] * width]],
      ...(cell === "gru" ? [["recurrent1.recurrent.bias", [width]] as const] : []),
    ];
  const names = Array.from({ length: blocks.count }, (_, i) => `transformerBlock${i + 1}`);
  return [
    table,
    ...names.flatMap((name) => [
      ...linear(`${name}.attention1.projection`, width, PARTS * width),
      ...linear(`${name}.attention1.output`, width, width),
      ...linear(`${name}.dense1`, width, WIDER * width),
      ...linear(`${name}.dense2`, WIDER * width, width),
    ]),
  ];
}

/** Initial weights: normal, of codes with deviation 1, else with variance 1 / inputs; zeros for biases. */
export function sequenceWeights(sequences: Sequences, key: Key): readonly (readonly [string, NdArray])[] {
  return shapesOf(sequences).map(([name, shape]) => {
    const [inputs = 1, outputs] = shape;
    if (outputs === undefined) return [name, ndarray(new Float32Array(inputs), shape)];
    const scale = name.endsWith(".table") ? 1 : 1 / Math.sqrt(inputs);
    const draws = normal(fork(key, name), elementsOf(shape));
    return [
      name,
      ndarray(
        Float32Array.from(draws, (draw) => draw * scale),
        shape,
      ),
    ];
  });
}

/** Multiply-adds times two in one step: products with weights, and of a transformer those between positions. */
export function sequenceOperations({ time, width, cell = "gru", blocks }: Sequences, rows: number): number {
  const weights = blocks === undefined ? 2 * GATES[cell] * width : blocks.count * (PARTS + 1 + 2 * WIDER) * width;
  const between = (blocks?.count ?? 0) * 2 * time;
  return 2 * 3 * rows * time * width * (weights + between);
}
