import { castArray, type NdArray } from "../../src/array/ndarray.ts";
import { seedKey } from "../../src/base/random.ts";
import { compile } from "../../src/engine/program.ts";
import { reference } from "../../src/engine/reference/reference.ts";
import { input, state } from "../../src/graph/leaf.ts";
import type { Layer, Mode } from "../../src/nn/layer.ts";
import { buildModel, initModel } from "../../src/nn/model.ts";

export interface Use {
  readonly mode?: Mode;
  /** Parameters and statistics instead of those of the beginning. */
  readonly kept?: Readonly<Record<string, NdArray>>;
  readonly step?: number;
}

/** What a layer gives for inputs, and its next statistics, on the reference engine. */
export async function apply(
  layer: Layer,
  inputs: NdArray,
  { mode = "predict", kept = {}, step = 0 }: Use = {},
): Promise<Record<string, NdArray>> {
  const variables = initModel(layer, inputs.shape.slice(1), seedKey(1));
  const arrays = { ...Object.fromEntries([...variables.parameters, ...variables.buffers]), ...kept };
  const states = new Map(
    Object.entries(arrays).map(([path, array]) => [path, state(path, castArray(array, "float64"))]),
  );
  const x = input("inputs", ["batch", ...inputs.shape.slice(1)], "float64");
  const { output, buffers, numbers, random } = buildModel(layer, x, { variables: states, mode });
  const fed = [...[...numbers.values()].map((number) => number.input), ...(random === undefined ? [] : [random])];
  const program = await compile(
    { inputs: [x, ...fed], outputs: { output, ...Object.fromEntries(buffers) } },
    { engine: reference },
  );
  const feeds = Object.fromEntries([...numbers].map(([name, { value }]) => [name, value]));
  const key = { dtype: "int32", shape: [3], data: Int32Array.of(1, 2, step) } as const;
  return program.run({
    inputs: castArray(inputs, "float64"),
    ...feeds,
    ...(random === undefined ? {} : { random: key }),
  });
}

/** The numbers of an array, for comparing. */
export function list(array: NdArray | undefined): readonly number[] {
  return Array.from(array?.data ?? []);
}
