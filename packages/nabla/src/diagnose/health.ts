/** Does a network carry its signal forward and its gradients backward? */
import { castArray, type NdArray, ndarray, rows } from "../array/ndarray.ts";
import { elementsOf } from "../array/shape.ts";
import { deviationOf } from "../array/spread.ts";
import { compact } from "../base/compact.ts";
import { known } from "../base/error.ts";
import { fork, normal, seedKey } from "../base/random.ts";
import { inRange } from "../base/range.ts";
import { type Examples, sliceExamples } from "../data/examples.ts";
import type { Table } from "../data/table.ts";
import type { Engine } from "../engine/contract.ts";
import { compile } from "../engine/program.ts";
import { float64Engine, wasm } from "../engine/wasm/engine.ts";
import { multiply } from "../graph/elementwise.ts";
import { grad } from "../graph/grad.ts";
import { constant, isInput } from "../graph/leaf.ts";
import { sum } from "../graph/movement.ts";
import type { Tensor } from "../graph/tensor.ts";
import { walk } from "../graph/walk.ts";
import type { Layer } from "../nn/layer.ts";
import type { Loss } from "../nn/loss.ts";
import { type ByPath, initModel, type ModelVariables } from "../nn/model.ts";
import { examplesFrom } from "../train/job.ts";
import { modelCost } from "../train/model-cost.ts";
import { type Finding, findingsOf } from "./findings.ts";
import { type LayerHealth, measureLayers, type Passed } from "./layer-health.ts";

/** A network with what it learned and what it learns by. */
export interface Network {
  readonly model: Layer;
  /** The loss; without one gradients are those of a random sum of the outputs. */
  readonly loss?: Loss;
  /** Weights by their paths; by default drawn anew. */
  readonly weights?: ByPath<NdArray>;
}

/** What is examined: a layer at initialization, or a network with its weights, as `fit` returns it. */
export type Patient = Layer | Network;

/** Options of `health`. */
export interface HealthOptions {
  /** The seed of the initial weights, where none are given, and of dropout masks. Default 1. */
  readonly seed?: number;
  /** Rows that are inspected, from the first. Default 256. */
  readonly rows?: number;
  /**
   * What computes. Default: WebAssembly in float32, and where numbers leave its range float64, on 16
   * rows.
   */
  readonly engine?: Engine;
  /** Is called with all numbers that the report was measured by, as histograms need them; nothing is by default. */
  readonly onArrays?: (arrays: HealthArrays) => void;
}

/** What passed through a network: what each layer gave, and the gradient of the cost by each parameter, by path. */
export interface HealthArrays {
  readonly activations: ByPath<NdArray>;
  readonly gradients: ByPath<NdArray>;
}

/** What was found; plain data. */
export interface Health {
  readonly verdict: "healthy" | "unhealthy";
  /** In the order of computing. */
  readonly layers: readonly LayerHealth[];
  /** The standard deviation of the inputs. */
  readonly inputs: number;
  readonly findings: readonly Finding[];
  /** The verdict in a sentence. */
  readonly summary: string;
  /** What it was measured with. */
  readonly rows: number;
  readonly engine: string;
}

/**
 * Runs rows through a network in training mode and measures every layer's activations and gradients. Without a loss the
 * gradients are those of a random sum of the outputs. Throws the errors of layers and losses that do not fit the rows.
 */
export async function health(
  patient: Patient,
  data: Examples | Table | NdArray,
  { seed = 1, rows: most = 256, engine, onArrays }: HealthOptions = {},
): Promise<Health> {
  inRange("rows", most, { atLeast: 1, whole: true });
  const examples = "data" in data ? { rows: data.shape[0] ?? 0, inputs: data, targets: NOTHING } : examplesFrom(data);
  const { model, weights, loss }: Network = "model" in patient ? patient : { model: patient };
  const variables = initModel(model, examples.inputs.shape.slice(1), fork(seedKey(seed), "parameters"));
  const spec = {
    model,
    weights: weights ?? new Map([...variables.parameters, ...variables.buffers]),
    ...("data" in data ? {} : compact({ loss })),
  };
  const exam = (count: number, on: Engine): Promise<Health> =>
    examine(spec, firstRows(examples, count), { seed, variables, engine: on, ...compact({ onArrays }) });
  if (engine !== undefined) return exam(most, engine);
  const found = await exam(most, wasm);
  return inRangeOfFloat32(found) ? found : exam(Math.min(most, FEW), float64Engine());
}

const NOTHING: NdArray = ndarray(new Float32Array(0), [0]);
const FEW = 16;

function firstRows(examples: Examples, most: number): Examples {
  const { rows: all, inputs, targets } = examples;
  const count = Math.min(all, most);
  if (targets !== NOTHING) return sliceExamples(examples, 0, count);
  return { rows: count, inputs: rows(inputs, 0, count), targets: ndarray(new Float32Array(count), [count]) };
}

/** Far enough from float32's bounds that no number of a layer can have left them. */
function inRangeOfFloat32({ layers }: Health): boolean {
  const fine = (size: number): boolean => size > 1e-30 && size < 1e30;
  return layers.every(({ deviation, gradient }) => (fine(deviation) || deviation === 0) && fine(gradient));
}

/** A random sum of an example's outputs, so that every output sends a gradient back. */
function probe(seed: number): Loss {
  const refuse = (): never => {
    throw new Error("internal: a probe measures nothing");
  };
  return {
    kind: "probe",
    options: {},
    task: "regression",
    loss: (output) => {
      const shape = output.shape.slice(1).map(Number);
      const weights = ndarray(normal(fork(seedKey(seed), "probe"), elementsOf(shape)), shape);
      const axes = shape.map((_, axis) => axis + 1);
      const weighed = multiply(output, constant(castArray(weights, output.dtype)));
      return axes.length === 0 ? weighed : sum(weighed, { axes });
    },
    exampleError: refuse,
    answer: (output) => output,
    error: refuse,
    admit: () => {},
  };
}

interface Exam {
  readonly model: Layer;
  readonly loss?: Loss;
  readonly weights: ByPath<NdArray>;
}

interface ExamOptions extends Pick<HealthOptions, "onArrays"> {
  readonly seed: number;
  readonly variables: ModelVariables;
  readonly engine: Engine;
}

async function examine(
  { model, loss, weights }: Exam,
  examples: Examples,
  { seed, variables, engine, onArrays }: ExamOptions,
): Promise<Health> {
  const spec = { model, loss: loss ?? probe(seed), examples, weights };
  const built = modelCost(spec, { seed, variables, dtype: engine.wide ? "float64" : "float32" });
  const given = [...built.activations];
  const parameters = onArrays === undefined ? [] : [...built.parameters];
  const gradients = grad(built.cost, [built.x, ...[...given, ...parameters].map(([, tensor]) => tensor)]);
  const outputs: Record<string, Tensor> = {};
  for (const [i, [, tensor]] of given.entries()) outputs[`given ${i}`] = tensor;
  for (const [i, tensor] of gradients.entries()) outputs[`gradient ${i}`] = tensor;
  const inputs = walk([...Object.values(outputs), built.x]).filter(isInput);
  const names = new Set(inputs.map(({ attributes }) => String(attributes.name)));
  const feeds = Object.fromEntries(Object.entries(built.feeds).filter(([name]) => names.has(name)));
  const program = await compile({ inputs, outputs }, { engine });
  const found = await program.run(feeds);
  const array = (name: string): NdArray => known(found[name], name);
  const passed = given.map(
    ([path], i): Passed => ({ path, given: array(`given ${i}`), gradient: array(`gradient ${i + 1}`) }),
  );
  onArrays?.({
    activations: new Map(passed.map(({ path, given: array }) => [path, array])),
    gradients: new Map(parameters.map(([path], i) => [path, array(`gradient ${given.length + 1 + i}`)])),
  });
  const layers = measureLayers(passed, { given: examples.inputs, gradient: array("gradient 0") });
  // codes have no size: what is looked up by them is what the layers after it are fed
  const looked = given.findLastIndex(([path]) => layerAt(model, path)?.role?.is === "lookup");
  const deviation = layers[looked]?.deviation ?? deviationOf(examples.inputs);
  const findings = findingsOf(layers.slice(looked + 1), deviation);
  return {
    verdict: findings.length === 0 ? "healthy" : "unhealthy",
    layers,
    inputs: deviation,
    findings,
    summary: saidOf(layers, findings),
    rows: examples.rows,
    engine: engine.name,
  };
}

/** The layer whose output has a path such as `chain1.dense2`. */
function layerAt(model: Layer, path: string): Layer | undefined {
  let found: Layer | undefined = model;
  for (const name of path.split(".")) found = found?.layers?.get(name);
  return found;
}

function saidOf(layers: readonly LayerHealth[], findings: readonly Finding[]): string {
  if (findings.length > 0)
    return findings.map(({ because }) => `${because[0]?.toUpperCase()}${because.slice(1)}.`).join(" ");
  const sizes = layers.map(({ deviation }) => deviation);
  return `Healthy: the standard deviation stays between ${Math.min(...sizes).toPrecision(2)} and ${Math.max(...sizes).toPrecision(2)} through ${layers.length} layers.`;
}
