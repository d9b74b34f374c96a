/** What every layer must do. */
import { castArray, type NdArray, ndarray, rows } from "../array/ndarray.ts";
import { elementsOf, type Size, sizeOf } from "../array/shape.ts";
import { describe } from "../base/described.ts";
import { known } from "../base/error.ts";
import { fork, normal, seedKey } from "../base/random.ts";
import { compile } from "../engine/program.ts";
import { reference } from "../engine/reference/reference.ts";
import { multiply, subtract } from "../graph/elementwise.ts";
import { constant, input, state } from "../graph/leaf.ts";
import { sum } from "../graph/movement.ts";
import type { Layer } from "../nn/layer.ts";
import { layerFrom } from "../nn/layers.ts";
import { buildModel, initModel, RANDOM } from "../nn/model.ts";
import { beginningFeeds, fedInputs } from "../train/measures.ts";
import { checkGradients } from "./gradient-check.ts";
import type { GradientReport } from "./gradient-report.ts";
import { type LayerMeaning, meaningComplaints } from "./meaning-check.ts";

const ROWS = 6;

/**
 * What is wrong with a layer on examples of a shape; empty when nothing is. What it computes is compared with `meaning`,
 * and with nothing where that is left out.
 */
export async function layerComplaints(
  layer: Layer,
  shape: Size,
  { meaning }: { readonly meaning?: LayerMeaning } = {},
): Promise<readonly string[]> {
  const draws = Float32Array.from(normal(seedKey(5), ROWS * elementsOf(shape)));
  const inputs = ndarray(draws, [ROWS, ...shape]);
  const complaints: string[] = [];

  const again = layerFrom(describe(layer));
  if (JSON.stringify(describe(again)) !== JSON.stringify(describe(layer)))
    complaints.push("the layer made from its data has other options");
  const [variables, repeated] = [layer, again].map((one) => initModel(one, shape, seedKey(1)));
  if (show(variables?.parameters) !== show(repeated?.parameters))
    complaints.push("the layer made from its data has other initial values");

  const all = await answers(layer, inputs);
  if (String(all.shape.slice(1)) !== String(variables?.shape))
    complaints.push(`init says examples of shape [${variables?.shape}] come out, apply gives [${all.shape.slice(1)}]`);
  const alone = await answers(layer, rows(inputs, 2, 3));
  const width = elementsOf(all.shape.slice(1));
  if (String(alone.data) !== String(all.data.slice(2 * width, 3 * width)))
    complaints.push("when predicting, a row alone gives something else than among others");

  if (meaning !== undefined) complaints.push(...(await meaningComplaints(layer, inputs, meaning)));

  const report = await slopes(layer, castArray(inputs, "float64"));
  if (report.verdict !== "right") complaints.push(`the gradients are ${report.verdict}:\n${report.table}`);
  return complaints;
}

/** Checks the gradients by parameters and by inputs, in training mode. */
function slopes(layer: Layer, inputs: NdArray): Promise<GradientReport> {
  const variables = initModel(layer, inputs.shape.slice(1), seedKey(1));
  const kept = new Map(
    [...variables.parameters, ...variables.buffers].map(([path, array]) => [
      path,
      state(path, castArray(array, "float64")),
    ]),
  );
  const x = state("inputs", inputs);
  const { output, numbers, random } = buildModel(layer, x, { variables: kept, mode: "train" });
  const size = sizeOf(output.shape);
  const aim = constant(ndarray(normal(seedKey(6), elementsOf(size)), size));
  const off = subtract(output, aim);
  return checkGradients({
    cost: sum(multiply(off, off)),
    parameters: new Map([["inputs", x], ...[...kept].filter(([path]) => variables.parameters.has(path))]),
    feeds: {
      ...Object.fromEntries([...numbers].map(([name, { value }]) => [name, value])),
      ...(random === undefined ? {} : { [RANDOM]: ndarray(Int32Array.of(1, 2, 3), [3]) }),
    },
  });
}

async function answers(layer: Layer, inputs: NdArray): Promise<NdArray> {
  const shape = inputs.shape.slice(1);
  const variables = initModel(layer, shape, fork(seedKey(1), "kit"));
  const kept = new Map(
    [...variables.parameters, ...variables.buffers].map(([path, array]) => [path, state(path, array)]),
  );
  const x = input("inputs", ["batch", ...shape]);
  const built = buildModel(layer, x, { variables: kept, mode: "predict" });
  const program = await compile(
    { inputs: [x, ...fedInputs(built)], outputs: { output: built.output } },
    { engine: reference },
  );
  const random = built.random === undefined ? {} : { [RANDOM]: ndarray(Int32Array.of(1, 2, 3), [3]) };
  return known((await program.run({ inputs, ...beginningFeeds(built), ...random })).output, "output");
}

function show(arrays: ReadonlyMap<string, NdArray> | undefined): string {
  return JSON.stringify([...(arrays ?? [])].map(([path, { data }]) => [path, Array.from(data)]));
}
