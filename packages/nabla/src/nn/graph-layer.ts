/**
 * A layer whose inside is any graph: branches, joins, several uses of one value, as networks from elsewhere have them.
 */
import type { DType } from "../array/dtype.ts";
import { castArray, type NdArray, ndarray } from "../array/ndarray.ts";
import { type Dim, elementsOf, type Shape, type Size, sizeOf } from "../array/shape.ts";
import type { PlainOptions } from "../base/described.ts";
import { NablaError, withContext } from "../base/error.ts";
import { list } from "../base/field.ts";
import { numbered } from "../base/parameter-path.ts";
import { fork, type Key } from "../base/random.ts";
import type { Tree } from "../base/tree.ts";
import { isRecord, type Reading, readingAt, readingError, type ValueType } from "../base/value-type.ts";
import { constant, input } from "../graph/leaf.ts";
import { make } from "../graph/op.ts";
import * as ops from "../graph/ops.ts";
import type { AnyOp, Attributes, Tensor } from "../graph/tensor.ts";
import { type Initializer, initializerType, zerosInitializer } from "./initializer.ts";
import { type Layer, largestMinBatchSize, layer, layerType, type Variables } from "./layer.ts";

/** The batch in shapes that a step writes down: "batch", or "batch*4". */
export const BATCH_AXIS = "batch";

/**
 * What one step outputs. `of` lists what it reads: 0 is the layer's input, k the k-th step, and only steps before it. A
 * parameter is trained, or frozen where `learned` is false; `value` is "weights" or "bias", as penalties treat them
 * differently. A constant's numbers that JSON lacks are the words "Infinity", "-Infinity" and "NaN".
 */
export type GraphStep =
  | { readonly op: string; readonly of: readonly number[]; readonly attributes: PlainOptions }
  | { readonly layer: Layer; readonly of: number }
  | {
      readonly parameter: "weights" | "bias";
      readonly shape: Size;
      readonly init: Initializer;
      readonly learned: boolean;
    }
  | { readonly constant: readonly (number | string)[]; readonly shape: Size; readonly dtype: DType };

const known: ReadonlyMap<string, AnyOp> = new Map(
  Object.values(ops).flatMap((value) =>
    "opName" in value ? [[value.opName, value as unknown as AnyOp] as const] : [],
  ),
);

/**
 * Steps in order, of which the last is the output: ops by their names, layers by what `layerFrom` reads, parameters and
 * constants. Layers are named as in a chain (`dense1`), parameters `parameter1.weights`. Throws `nn/graph` where a step
 * reads what no earlier step outputs.
 */
export const graphLayer = layer(
  "graph",
  { steps: list(stepType(), { help: "what is computed in order: ops, layers, parameters and constants" }) },
  ({ steps }) => {
    for (const [i, step] of steps.entries()) checkStep(step, i);
    if (steps.length === 0) throw new NablaError("nn/graph", "a graph needs at least one step");
    const names = stepNames(steps);
    const layers = new Map(steps.flatMap((step, i) => ("layer" in step ? [[names[i] ?? "", step.layer]] : [])));
    return {
      layers,
      ...largestMinBatchSize(layers.values()),
      shapeOf: (shape) => shapesOfSteps(steps, names, shape).output,
      init: (shape, key) => initSteps(steps, names, { shape, key }),
      apply: (x, scope) => {
        const values = [x];
        const buffers = new Map<string, Tensor>();
        const inside = new Map<string, Tensor>();
        for (const [i, step] of steps.entries()) {
          const name = names[i] ?? "";
          if ("layer" in step) {
            const applied = withContext(name, () => step.layer.apply(valueAt(values, step.of), scope.within(name)));
            for (const [path, next] of applied.buffers) buffers.set(path, next);
            for (const [path, given] of applied.inside ?? []) inside.set(path, given);
            inside.set(scope.pathOf(name), applied.output);
            values.push(applied.output);
          } else if ("parameter" in step) values.push(scope.within(name).parameter(step.parameter));
          else values.push(compute(step, values, scope.dtype));
        }
        return { output: valueAt(values, steps.length), buffers, inside };
      },
    };
  },
  { help: "any graph of ops, layers, parameters and constants", args: ["steps"] },
);

/** The name of each step that has parameters, in order: layers by kind, parameters as such; "" for the others. */
export function stepNames(steps: readonly GraphStep[]): readonly string[] {
  const kinds = steps.map((step) => ("layer" in step ? step.layer.kind : "parameter" in step ? "parameter" : ""));
  return numbered(kinds).map((name, i) => (kinds[i] === "" ? "" : name));
}

function checkStep(step: GraphStep, i: number): void {
  const fail = (message: string): never => {
    throw new NablaError("nn/graph", `step ${i + 1} ${message}`);
  };
  const read = "layer" in step ? [step.of] : "op" in step ? step.of : [];
  for (const from of read)
    if (!Number.isInteger(from) || from < 0 || from > i) fail(`reads ${from}, which no step before it gives`);
  if ("op" in step) {
    const arity = known.get(step.op)?.definition.arity;
    if (arity === undefined) fail(`has the op "${step.op}", which there is not`);
    if (arity !== step.of.length) fail(`gives ${step.of.length} operands to ${step.op}, which takes ${arity}`);
  }
  if ("constant" in step && elementsOf(step.shape) !== step.constant.length)
    fail(`has ${step.constant.length} numbers for the shape [${step.shape.join(", ")}]`);
}

function valueAt(values: readonly Tensor[], at: number): Tensor {
  const value = values[at];
  if (value === undefined) throw new NablaError("nn/graph", `there is no step ${at}`);
  return value;
}

/** A step that is an op or a constant. */
export type ComputedStep = Extract<GraphStep, { readonly op: string } | { readonly constant: unknown }>;

/** What an op or a constant gives; lengths written "batch*k" follow the batch of the layer's input, value 0. */
export function compute(step: ComputedStep, values: readonly Tensor[], dtype: DType): Tensor {
  if ("constant" in step) {
    const array = ndarray(step.constant.map(Number), step.shape, step.dtype);
    return constant(step.dtype === "float32" && dtype !== "float32" ? castArray(array, dtype) : array);
  }
  const batch = values[0]?.shape[0] ?? BATCH_AXIS;
  const { shape } = step.attributes;
  const attributes: Attributes = Array.isArray(shape)
    ? { ...step.attributes, shape: shape.map((dim) => settle(dim as Dim, batch)) }
    : step.attributes;
  const kind = known.get(step.op);
  if (kind === undefined) throw new NablaError("nn/graph", `there is no op "${step.op}"`);
  return make(
    kind,
    step.of.map((from) => valueAt(values, from)),
    attributes,
  );
}

function settle(dim: Dim, batch: Dim): Dim {
  if (typeof dim === "number") return dim;
  const times = Number(dim.split("*")[1] ?? 1);
  if (typeof batch === "number") return batch * times;
  const [name = batch, own = "1"] = batch.split("*");
  const all = times * Number(own);
  return all === 1 ? name : `${name}*${all}`;
}

/** The example shape that each layer step receives, by name, and that of the output. */
function shapesOfSteps(
  steps: readonly GraphStep[],
  names: readonly string[],
  shape: Size,
): { readonly received: ReadonlyMap<string, Size>; readonly output: Size } {
  const values: Tensor[] = [input("x", [BATCH_AXIS, ...shape])];
  const received = new Map<string, Size>();
  for (const [i, step] of steps.entries()) {
    const name = names[i] ?? "";
    if ("layer" in step) {
      const [batch = BATCH_AXIS, ...example] = valueAt(values, step.of).shape;
      received.set(name, sizeOf(example));
      values.push(input(name, [batch, ...withContext(name, () => step.layer.shapeOf(sizeOf(example)))]));
    } else if ("parameter" in step) values.push(input(name, step.shape));
    else values.push(compute(step, values, "float32"));
  }
  const [batch, ...example] = valueAt(values, steps.length).shape as Shape;
  if (batch === BATCH_AXIS) return { received, output: sizeOf(example) };
  const message = `the graph gives [${[batch, ...example].join(", ")}] for a batch of examples, and not one output for each`;
  throw new NablaError("nn/graph", message);
}

function initSteps(
  steps: readonly GraphStep[],
  names: readonly string[],
  { shape, key }: { readonly shape: Size; readonly key: Key },
): Variables {
  const { received } = shapesOfSteps(steps, names, shape);
  const parameters: Record<string, Tree<NdArray>> = {};
  const buffers: Record<string, Tree<NdArray>> = {};
  for (const [i, step] of steps.entries()) {
    const name = names[i] ?? "";
    if ("layer" in step) {
      const variables = withContext(name, () => step.layer.init(received.get(name) ?? [], fork(key, name), {}));
      if (Object.keys(variables.parameters).length > 0) parameters[name] = variables.parameters;
      if (Object.keys(variables.buffers).length > 0) buffers[name] = variables.buffers;
    } else if ("parameter" in step) {
      const fans = { in: elementsOf(step.shape.slice(0, -1)), out: step.shape.at(-1) ?? 1 };
      const array = step.init.fill(step.shape, fans, fork(key, name));
      (step.learned ? parameters : buffers)[name] = { [step.parameter]: array };
    }
  }
  return { parameters, buffers };
}

/** Steps as plain data, read by what kind of key they hold. */
function stepType(): ValueType<GraphStep> {
  return {
    schema: { type: "object" },
    parse: (text) => text,
    format: (data) => JSON.stringify(data),
    write: (value) => stepToJson(value as GraphStep),
    read: readStep,
  };
}

function stepToJson(step: GraphStep): PlainOptions {
  if ("layer" in step) return { layer: layerType.write(step.layer), of: step.of };
  if ("op" in step) return { op: step.op, of: step.of, attributes: step.attributes };
  if ("constant" in step) return step;
  return { ...step, init: initializerType.write(step.init) };
}

function readStep(data: unknown, reading: Reading): GraphStep {
  const fail = (): never => {
    const message = `${reading.place}: ${JSON.stringify(data)?.slice(0, 80)} is no step of a graph`;
    throw readingError("options/type", message, reading);
  };
  if (!isRecord(data)) return fail();
  const { layer: inner, op, of, parameter, shape, init, learned, dtype, constant: numbers } = data;
  if (inner !== undefined)
    return typeof of === "number" ? { layer: layerType.read(inner, readingAt(reading, "layer")), of } : fail();
  if (typeof op === "string") {
    const attributes = data.attributes ?? {};
    return isNumbers(of) && isRecord(attributes) ? { op, of, attributes: attributes as PlainOptions } : fail();
  }
  if (!isNumbers(shape)) return fail();
  if (parameter === "weights" || parameter === "bias") {
    const filling = initializerType.read(init ?? zerosInitializer(), readingAt(reading, "init"));
    return { parameter, shape, init: filling, learned: learned !== false };
  }
  if (!isItems(numbers) || (dtype !== "float32" && dtype !== "int32" && dtype !== "bool")) return fail();
  return { constant: numbers, shape, dtype };
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((item: unknown) => typeof item === "number");
}

function isItems(value: unknown): value is readonly (number | string)[] {
  return Array.isArray(value) && value.every((item: unknown) => typeof item === "number" || typeof item === "string");
}
