/** Does a layer compute what its name means? */
import { castArray, type NdArray, ndarray } from "../array/ndarray.ts";
import { elementsOf, type Size } from "../array/shape.ts";
import { type Described, describe } from "../base/described.ts";
import { type Key, normal, seedKey, uniform53 } from "../base/random.ts";
import { compile } from "../engine/program.ts";
import { reference } from "../engine/reference/reference.ts";
import { input, state } from "../graph/leaf.ts";
import type { Layer, Mode } from "../nn/layer.ts";
import { buildModel, initModel, type ModelVariables, RANDOM } from "../nn/model.ts";
import { beginningFeeds, fedInputs } from "../train/measures.ts";

const KEY: Key = { seed: [1, 2] };
const STEP = 3;

/** Numbers of a shape, in float64. */
export interface Float64Values {
  readonly shape: Size;
  readonly data: Float64Array;
}

/** A case for a layer: a batch of examples, and what the layer is given with it. */
export interface LayerCase {
  readonly x: Float64Values;
  readonly options: Described["options"];
  /** Parameters and buffers by their path in the layer. */
  readonly parameters: ReadonlyMap<string, NdArray>;
  readonly mode: Mode;
  /** The layer's own path, with a dot at its end; "" outside of other layers. */
  readonly path: string;
  /** Where masks come from. */
  readonly random: { readonly key: Key; readonly step: number };
}

/** What must come out of a layer: its output and the next buffers, as the plainest loops give them. */
export type LayerMeaning = (given: LayerCase) => {
  readonly output: Float64Values;
  readonly buffers: Readonly<Record<string, Float64Array>>;
};

/** Where a layer's output or buffers are not what it means, in training and in predicting; empty where all agree. */
export async function meaningComplaints(
  layer: Layer,
  inputs: NdArray,
  meaning: LayerMeaning,
): Promise<readonly string[]> {
  const shape = inputs.shape.slice(1);
  const parameters = shaken(initModel(layer, shape, seedKey(1)));
  const { kind: _, ...options } = describe(layer);
  const complaints: string[] = [];
  for (const mode of ["train", "predict"] as const) {
    const found = await computed(layer, inputs, { mode, kept: parameters });
    const { output, buffers } = meaning({
      x: { shape: inputs.shape, data: Float64Array.from(inputs.data) },
      options,
      parameters,
      mode,
      path: "",
      random: { key: KEY, step: STEP },
    });
    const when = mode === "train" ? "in training" : "when predicting";
    if (String(found.output?.shape) !== String(output.shape))
      complaints.push(`${when} ${layer.kind} gives [${found.output?.shape}] and must give [${output.shape}]`);
    for (const [name, expected] of Object.entries({ output: output.data, ...buffers })) {
      const difference = firstDifference(found[name], expected);
      if (difference !== undefined) complaints.push(`${when} the ${name} is not that of ${layer.kind}: ${difference}`);
    }
    for (const name of Object.keys(found))
      if (name !== "output" && buffers[name] === undefined)
        complaints.push(`${when} ${layer.kind} changes ${name}, and must not`);
  }
  return complaints;
}

/** Values that reveal differences that the initial zeros and ones do not. */
function shaken({ parameters, buffers }: ModelVariables): ReadonlyMap<string, NdArray> {
  const of = ([path, { shape }]: readonly [string, NdArray]): [string, NdArray] => {
    const size = elementsOf(shape);
    const draws = /(^|\.)variance$/.test(path)
      ? uniform53(seedKey(8), size).map((u) => 0.5 + u)
      : normal(seedKey(9), size);
    return [path, ndarray(draws, shape)];
  };
  return new Map([...parameters, ...buffers].map(of));
}

async function computed(
  layer: Layer,
  inputs: NdArray,
  { mode, kept }: { readonly mode: Mode; readonly kept: ReadonlyMap<string, NdArray> },
): Promise<Readonly<Record<string, NdArray>>> {
  const states = new Map([...kept].map(([path, array]) => [path, state(path, array)]));
  const batch: Size = inputs.shape;
  const x = input("inputs", ["batch", ...batch.slice(1)], "float64");
  const built = buildModel(layer, x, { variables: states, mode });
  const outputs = { output: built.output, ...Object.fromEntries(built.buffers) };
  const program = await compile({ inputs: [x, ...fedInputs(built)], outputs }, { engine: reference });
  const random = built.random === undefined ? {} : { [RANDOM]: ndarray(Int32Array.of(...KEY.seed, STEP), [3]) };
  return program.run({ inputs: castArray(inputs, "float64"), ...beginningFeeds(built), ...random });
}

/** The first numbers that differ, in words. */
export function firstDifference(
  found: { readonly data: ArrayLike<number> } | undefined,
  expected: ArrayLike<number>,
): string | undefined {
  if (found?.data.length !== expected.length)
    return `${found?.data.length ?? "no"} numbers in place of ${expected.length}`;
  for (let i = 0; i < expected.length; i++) {
    const [a = Number.NaN, b = Number.NaN] = [found.data[i], expected[i]];
    if (!(Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b)))) return `number ${i} is ${a} and must be ${b}`;
  }
  return undefined;
}
